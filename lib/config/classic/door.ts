/**
 * A door's section of the classic knockd.conf.
 *
 * @module
 */
import { type Address, parseAddress } from "../../core/address.ts";
import type { Door, Knock, TcpFlags } from "../../core/door.ts";
import { MAX_SEQUENCE_LENGTH, parseKnock } from "../../core/sequence.ts";
import { ANY_TCP_FLAGS, mergeTcpFlags, parseTcpFlags } from "../../core/tcp_flags.ts";
import { resolveCommands } from "../commands.ts";
import { besideConfig } from "../draft.ts";
import type { ClassicContext } from "./context.ts";
import type { Section } from "./lines.ts";
import * as limits from "../limits.ts";
import { doorNameProblem } from "../names.ts";
import type { Finding, Path } from "../problems.ts";
import { unknownKey } from "../unknown_key.ts";

const DOOR_NAMES = [
  ...["sequence", "one_time_sequences", "seq_timeout", "timeout", "tcpflags", "target"],
  ...["start_command", "command", "start_command_6", "command_6", "cmd_timeout"],
  ...["stop_command", "stop_command_6", "seq_cooldown"],
];
const ALIASES = new Map([
  ["timeout", "seq_timeout"],
  ["command", "start_command"],
  ["command_6", "start_command_6"],
]);

/** Reads a door; nothing if there is no sequence to it. */
export function readClassicDoor(
  name: string,
  section: Section,
  context: ClassicContext,
): Door | undefined {
  const path: Path = ["doors", name];
  const badName = doorNameProblem(name);
  if (badName !== undefined) {
    context.report({ severity: "error", path, message: badName });
  }
  const values = new Map<string, { value: string; path: Path }>();
  let tcpFlags = ANY_TCP_FLAGS;
  for (const directive of section.directives) {
    const own = [...path, directive.name];
    context.place(own, directive);
    const key = ALIASES.get(directive.name) ?? directive.name;
    if (key === "usesyslog" && directive.value === undefined) continue;
    if (!DOOR_NAMES.includes(key)) {
      context.report(unknownKey("directive", path, directive.name, DOOR_NAMES));
    } else if (directive.value === undefined) {
      const hint = `${directive.name} = …`;
      context.report({
        severity: "error",
        path: own,
        message: "a value is missing",
        hint,
      });
    } else if (key === "tcpflags") {
      tcpFlags = mergeTcpFlags(tcpFlags, readFlags(own, directive.value, context));
    } else {
      if (values.has(key)) {
        const message = `${key} is said twice; this one holds`;
        context.report({ severity: "warning", path: own, atKey: true, message });
      }
      values.set(key, { value: directive.value, path: own });
    }
  }
  const seconds = (key: string, least: number, unsaid: number) => {
    const said = values.get(key);
    return said ? readSeconds(said.value, said.path, least, context) : unsaid;
  };
  const seqTimeout = seconds("seq_timeout", 1, limits.DEFAULT_SEQ_TIMEOUT);
  const cmdTimeout = seconds("cmd_timeout", 0, limits.DEFAULT_CMD_TIMEOUT);
  const target = readTarget(values.get("target"), context);
  const { unpaired, ...commands } = resolveCommands({
    start: values.get("start_command")?.value,
    start6: values.get("start_command_6")?.value,
    stop: values.get("stop_command")?.value,
    stop6: values.get("stop_command_6")?.value,
  });
  for (const unused of unpaired) {
    const message = "this never runs, as there is no start command before it";
    context.report({
      severity: "warning",
      path: [...path, unused],
      atKey: true,
      message,
    });
  }
  const key = readKey(path, values, context);
  return key && {
    name,
    label: name,
    key,
    seqTimeout,
    tcpFlags,
    ...(target && { target }),
    tolerance: limits.DEFAULT_TOLERANCE,
    ...commands,
    cmdTimeout,
    again: "run",
    failedStart: "log",
    closes: [],
    maxOpen: limits.MAX_OPEN.default,
    cooldown: seconds("seq_cooldown", 0, 0),
    commandTimeout: 0,
    onExit: "close",
  };
}

function readKey(
  path: Path,
  values: ReadonlyMap<string, { value: string; path: Path }>,
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
    return {
      kind: "static",
      sequence: readSequence(sequence.value, sequence.path, context),
    };
  }
  const message = "nothing opens this door";
  const hint = "give it a sequence or one_time_sequences";
  context.report({ severity: "error", path, message, hint });
  return undefined;
}

/** Like C's strtol(), knockd takes the digits and leaves what follows them. */
function readSequence(text: string, path: Path, context: ClassicContext): Knock[] {
  const knocks: Knock[] = [];
  const parts = text.split(",");
  let offset = 0;
  for (const [index, part] of parts.slice(0, MAX_SEQUENCE_LENGTH).entries()) {
    const lead = part.length - part.trimStart().length;
    const at = { path, subject: [...path, index], offset: offset + lead };
    const [port = "", protocol, ...more] = part.split(":");
    const [digits] = /^\+?\d+/.exec(port.trim()) ?? [];
    const rest = port.trim().slice(digits?.length ?? 0);
    const plain = (digits ?? port).replace("+", "");
    const knock = parseKnock(protocol === undefined ? plain : `${plain}:${protocol}`);
    if (typeof knock === "string") {
      context.report({ severity: "error", ...at, message: knock });
    } else {
      knocks.push(knock);
      if (rest !== "" || more.length > 0) {
        const message = `only ${knock.port}:${knock.protocol} of this is read`;
        context.report({ severity: "warning", ...at, message });
      }
    }
    offset += part.length + 1;
  }
  if (parts.length > MAX_SEQUENCE_LENGTH) {
    const message =
      `${parts.length} ports; a sequence has at most ${MAX_SEQUENCE_LENGTH}`;
    const subject = [...path, MAX_SEQUENCE_LENGTH];
    context.report({ severity: "error", path, subject, offset, message });
  }
  return knocks;
}

function readSeconds(
  text: string,
  path: Path,
  least: number,
  context: ClassicContext,
): number {
  const report = (severity: Finding["severity"], message: string) =>
    context.report({ severity, path, message });
  const [digits] = /^[+-]?\d+/.exec(text) ?? [];
  const seconds = Number(digits);
  if (digits === undefined) report("error", "expected a number of seconds");
  else if (seconds < least) report("error", `${seconds} is below ${least}`);
  else if (seconds > limits.MAX_SECONDS) {
    report("error", `more than ${limits.MAX_SECONDS} seconds, a year`);
  } else if (digits !== text) report("warning", `only ${seconds} of this is read`);
  return seconds;
}

function readFlags(path: Path, text: string, context: ClassicContext): TcpFlags {
  const flags = text === "" ? "the flags are missing" : parseTcpFlags(text);
  if (typeof flags !== "string") return flags;
  context.report({ severity: "error", path, message: flags });
  return ANY_TCP_FLAGS;
}

function readTarget(
  said: { value: string; path: Path } | undefined,
  context: ClassicContext,
): Address | undefined {
  if (said === undefined) return undefined;
  const address = parseAddress(said.value);
  if (address === undefined) {
    const message = "this is not an IPv4 or IPv6 address";
    context.report({ severity: "error", path: said.path, message });
  }
  return address;
}
