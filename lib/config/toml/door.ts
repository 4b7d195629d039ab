/** A `[doors.NAME]` table of knock.toml. */

import type { Command, Door } from "../../core/door.ts";
import { buildDoor, readFlags } from "../build_door.ts";
import type { CommandKeys } from "../commands.ts";
import { besideConfig } from "../named_path.ts";
import * as limits from "../limits.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import type { Path } from "../problems.ts";
import type { RawDoor } from "./schema.ts";
import type { TomlContext } from "./context.ts";
import { readSharing } from "./sharing.ts";
import { readOtpKey } from "./otp.ts";
import { readKernelPorts } from "./kernel_ports.ts";
import { readPorts } from "../ports.ts";

const KEYS = ["sequence", "one_time_sequences", "otp", "follow"] as const;
const START_NAMES = ["command", "command_6", "start_command", "start_command_6"];

/** Reads a door; nothing if there is no sense in it. */
export function readDoor(
  name: string,
  raw: RawDoor,
  context: TomlContext,
): Door | undefined {
  const path: Path = ["doors", name];
  const { report } = context;
  const startIsBroken = START_NAMES.some((name) => context.isBroken([...path, name]));
  const flags = raw.tcpflags ?? limits.DEFAULT_TCP_FLAGS;
  return buildDoor(
    {
      name,
      key: readKey(name, raw, context),
      commands: readCommands(path, raw, context),
      tcpFlags: readFlags([...path, "tcpflags"], flags, report),
      label: readLabel(name, raw, context),
      target: raw.target,
      fleet: readSharing(path, raw, context),
      kernel: readKernelPorts(path, raw, context),
      seqTimeout: raw.seq_timeout,
      tolerance: raw.tolerance,
      cmdTimeout: raw.cmd_timeout,
      again: readAgain(path, raw, context),
      failedStart: "close",
      closes: raw.closes,
      maxOpen: raw.max_open,
      cooldown: raw.cooldown,
      commandTimeout: raw.command_timeout,
      onExit: raw.on_exit,
    },
    startIsBroken ? undefined : "error",
    report,
  );
}

function readKey(
  name: string,
  raw: RawDoor,
  context: TomlContext,
): Door["key"] | undefined {
  const path: Path = ["doors", name];
  judgeKinds(path, raw, context);
  if (raw.otp) return { kind: "otp", ...readOtpKey(name, raw.otp, raw.clients, context) };
  if (raw.one_time_sequences !== undefined) {
    const file = besideConfig(raw.one_time_sequences, context.configPath);
    return { kind: "file", path: file };
  }
  if (raw.follow !== undefined) return { kind: "fleet", follow: raw.follow };
  if (raw.sequence === undefined) return undefined;
  const sequencePath = [...path, "sequence"];
  if (raw.sequence.length === 0) {
    const message = "the sequence is empty";
    context.report({ severity: "error", path: sequencePath, message });
    return undefined;
  }
  const sequence = readPorts(raw.sequence, sequencePath, context.report);
  return { kind: "static", sequence };
}

/** A door has one kind of key, and clients with one of them only. */
function judgeKinds(path: Path, raw: RawDoor, { isBroken, report }: TomlContext): void {
  const kinds = KEYS.filter((kind) =>
    raw[kind] !== undefined || isBroken([...path, kind])
  );
  const [first, second] = kinds;
  if (first === undefined) {
    const message = "nothing opens this door";
    const hint = "give it a sequence, one_time_sequences or an otp table";
    report({ severity: "error", path, atKey: true, message, hint });
  } else if (second !== undefined) {
    const message = `a door has one kind of key, this one has ${kinds.join(" and ")}`;
    report({ severity: "error", path: [...path, second], atKey: true, message });
  }
  if (raw.clients !== undefined && !kinds.includes("otp")) {
    const message = "only a door with an otp table has clients";
    report({ severity: "error", path: [...path, "clients"], atKey: true, message });
  }
}

function readCommands(path: Path, raw: RawDoor, context: TomlContext): CommandKeys {
  const named = (name: "command" | "command_6"): Command | undefined => {
    const long = `start_${name}` as const;
    if (raw[name] !== undefined && raw[long] !== undefined) {
      const message = `${name} is another name for ${long}; there can be only one`;
      context.report({ severity: "error", path: [...path, name], atKey: true, message });
    }
    return raw[long] ?? raw[name];
  };
  return {
    start: named("command"),
    start6: named("command_6"),
    stop: raw.stop_command,
    stop6: raw.stop_command_6,
  };
}

/** An open door that nothing closes has no time that a knock could lengthen. */
function readAgain(path: Path, raw: RawDoor, context: TomlContext): RawDoor["again"] {
  const closes = (["stop_command", "stop_command_6"] as const).some((name) =>
    raw[name] !== undefined || context.isBroken([...path, name])
  );
  if (raw.again !== undefined && !closes) {
    const message = "this means nothing without a stop_command";
    context.report({ severity: "error", path: [...path, "again"], atKey: true, message });
  }
  return raw.again;
}

function readLabel(name: string, raw: RawDoor, context: TomlContext): string {
  const path: Path = ["doors", name, "label"];
  const given = raw.label !== undefined;
  if (raw.otp && !context.isBroken(path) && !LABEL.test(raw.label ?? name)) {
    context.report({
      severity: "error",
      path: given ? path : path.slice(0, 2),
      atKey: !given,
      message: "the label of a door with an otp table has 1 to 64 of A-Z a-z 0-9 . _ -",
      ...(!given && { hint: "give the door a label, or another name" }),
    });
  } else if (given && !raw.otp) {
    const message = "a label means something on a door with an otp table only";
    const name = "useless-label";
    context.report({ severity: "warning", name, path, atKey: true, message });
  }
  return raw.label ?? name;
}
