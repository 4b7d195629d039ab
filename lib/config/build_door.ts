/** A door, put together from what either format says of it. */

import { type Address, parseAddress } from "../core/address.ts";
import type { Door, TcpFlags } from "../core/door.ts";
import { ANY_TCP_FLAGS, parseTcpFlags } from "../core/tcp_flags.ts";
import { type CommandKeys, resolveCommands } from "./commands.ts";
import * as limits from "./limits.ts";
import { doorNameProblem } from "./names.ts";
import type { Finding, Path } from "./problems.ts";

export type ReportFinding = (finding: Finding) => void;

type Defaulted = Exclude<
  keyof Door,
  "name" | "key" | "tcpFlags" | "failedStart" | "start" | "stop" | "target" | "closes"
>;

/** What is said of a door; what is not said has its default. */
export type SaidDoor =
  & Pick<Door, "name" | "tcpFlags" | "failedStart">
  & { readonly [Key in Defaulted]?: Door[Key] | undefined }
  & {
    /** What opens it, if that could be read. */
    readonly key: Door["key"] | undefined;
    readonly commands: CommandKeys;
    /** An address, as it was written. */
    readonly target?: string | undefined;
    /** One door, or several. */
    readonly closes?: string | readonly string[] | undefined;
  };

/** Puts a door together; `undefined` if nothing opens it. */
export function buildDoor(
  said: SaidDoor,
  unpairedStop: Finding["severity"] | undefined,
  report: ReportFinding,
): Door | undefined {
  const { name, key } = said;
  const path: Path = ["doors", name];
  const badName = doorNameProblem(name);
  if (badName !== undefined) {
    report({ severity: "error", path, atKey: true, message: badName });
  }
  const { unpaired, ...commands } = resolveCommands(said.commands);
  for (const unused of unpairedStop === undefined ? [] : unpaired) {
    const message = "this never runs, as there is no start command before it";
    const own = [...path, unused];
    report({ severity: unpairedStop!, path: own, atKey: true, message });
  }
  const target = readTarget([...path, "target"], said.target, report);
  return key && {
    name,
    label: said.label ?? name,
    key,
    seqTimeout: said.seqTimeout ?? limits.DEFAULT_SEQ_TIMEOUT,
    tcpFlags: said.tcpFlags,
    ...(target && { target }),
    ...(said.fleet && { fleet: said.fleet }),
    ...(said.kernel && { kernel: said.kernel }),
    tolerance: said.tolerance ?? limits.DEFAULT_TOLERANCE,
    ...commands,
    cmdTimeout: said.cmdTimeout ?? limits.DEFAULT_CMD_TIMEOUT,
    again: said.again ?? "extend",
    failedStart: said.failedStart,
    closes: [said.closes ?? []].flat(),
    maxOpen: said.maxOpen ?? limits.MAX_OPEN.default,
    cooldown: said.cooldown ?? 0,
    commandTimeout: said.commandTimeout ?? limits.DEFAULT_COMMAND_TIMEOUT,
    onExit: said.onExit ?? "close",
  };
}

/** Reads TCP flags; where they are wrong, every packet counts. */
export function readFlags(path: Path, text: string, report: ReportFinding): TcpFlags {
  const flags = parseTcpFlags(text);
  if (typeof flags !== "string") return flags;
  report({ severity: "error", path, message: flags });
  return ANY_TCP_FLAGS;
}

function readTarget(
  path: Path,
  text: string | undefined,
  report: ReportFinding,
): Address | undefined {
  if (text === undefined) return undefined;
  const address = parseAddress(text);
  if (address === undefined) {
    const message = "this is not an IPv4 or IPv6 address";
    report({ severity: "error", path, message });
  }
  return address;
}
