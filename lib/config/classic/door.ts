/** A door's section of the classic knockd.conf. */

import type { Door, TcpFlags } from "../../core/door.ts";
import { ANY_TCP_FLAGS, mergeTcpFlags } from "../../core/tcp_flags.ts";
import { buildDoor, readFlags } from "../build_door.ts";
import { besideConfig } from "../named_path.ts";
import type { Path } from "../problems.ts";
import { unknownDirective } from "./unknown_directive.ts";
import type { ClassicContext } from "./context.ts";
import type { Directive, Section } from "./lines.ts";
import { ALIASES, DOOR_NAMES } from "./names.ts";
import {
  quotesFinding,
  readMaxOpen,
  readOpen,
  readSeconds,
  readSequence,
  readTolerance,
  type Value,
} from "./values.ts";

/** What the directives of a section say: the last of each, and all flags together. */
interface Said {
  readonly values: Map<string, Value>;
  tcpFlags: TcpFlags;
}

/** Reads a door; nothing if there is no sequence to it. */
export function readClassicDoor(
  name: string,
  section: Section,
  context: ClassicContext,
): Door | undefined {
  const path: Path = ["doors", name];
  const said: Said = { values: new Map(), tcpFlags: ANY_TCP_FLAGS };
  for (const directive of section.directives) hear(directive, path, said, context);
  const { values, tcpFlags } = said;
  return buildDoor(
    {
      name,
      key: readKey(path, values, context),
      commands: {
        start: values.get("start_command")?.value,
        start6: values.get("start_command_6")?.value,
        stop: values.get("stop_command")?.value,
        stop6: values.get("stop_command_6")?.value,
      },
      tcpFlags,
      target: values.get("target")?.value,
      kernel: readOpen(values.get("open"), context),
      seqTimeout: readSeconds(values.get("seq_timeout"), 1, context),
      tolerance: readTolerance(values.get("tolerance"), context),
      cmdTimeout: readSeconds(values.get("cmd_timeout"), 0, context),
      maxOpen: readMaxOpen(values.get("max_open"), context),
      again: "run",
      failedStart: "log",
      cooldown: readSeconds(values.get("seq_cooldown"), 0, context),
      commandTimeout: 0,
    },
    "warning",
    context.report,
  );
}

function hear(
  directive: Directive,
  door: Path,
  said: Said,
  context: ClassicContext,
): void {
  const { name, value } = directive;
  const path = [...door, name];
  context.place(path, directive);
  const key = ALIASES.get(name) ?? name;
  if (key === "usesyslog" && value === undefined) return;
  if (!DOOR_NAMES.includes(key)) {
    return context.report(unknownDirective(door, name, DOOR_NAMES));
  }
  if (value === undefined) {
    const message = "a value is missing";
    return context.report({ severity: "error", path, message, hint: `${name} = …` });
  }
  if (key !== "tcpflags") return hearValue(key, { value, path }, said.values, context);
  said.tcpFlags = mergeTcpFlags(said.tcpFlags, readClassicFlags(path, value, context));
}

function hearValue(
  key: string,
  said: Value,
  values: Map<string, Value>,
  { report }: ClassicContext,
): void {
  if (values.has(key)) {
    const message = `${key} is set twice; this one holds`;
    report({ severity: "warning", path: said.path, atKey: true, message });
  }
  if (/command/.test(key)) return void values.set(key, commandIn(said));
  const quotes = quotesFinding(said);
  if (quotes === undefined) return void values.set(key, said);
  report(quotes);
  // What is within them may be right, and is not to be blamed for them.
  values.set(key, { ...said, value: said.value.slice(1, -1) });
}

/** Empty quotes, as knock.toml has them, are a shell's word for no command either. */
function commandIn(said: Value): Value {
  return /^(""|'')$/.test(said.value) ? { ...said, value: "" } : said;
}

function readKey(
  path: Path,
  values: ReadonlyMap<string, Value>,
  context: ClassicContext,
): Door["key"] | undefined {
  const sequence = values.get("sequence");
  const file = values.get("one_time_sequences");
  if (file !== undefined) {
    if (sequence !== undefined) {
      const message = "this is not used, as there are one_time_sequences";
      const own = [...path, "sequence"];
      context.report({ severity: "warning", path: own, atKey: true, message });
    }
    return { kind: "file", path: besideConfig(file.value, context.configPath) };
  }
  if (sequence !== undefined) {
    return { kind: "static", sequence: readSequence(sequence, context) };
  }
  const message = "nothing opens this door";
  const hint = "give it a sequence or one_time_sequences";
  context.report({ severity: "error", path, message, hint });
  return undefined;
}

function readClassicFlags(
  path: Path,
  text: string,
  { report }: ClassicContext,
): TcpFlags {
  if (text !== "") return readFlags(path, text, report);
  report({ severity: "error", path, message: "the flags are missing" });
  return ANY_TCP_FLAGS;
}
