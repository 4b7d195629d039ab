/** What a config does, in plain words. */

import { plural } from "../../core/plural.ts";
import type { KernelPorts } from "../../core/firewall/kernel_ports.ts";
import {
  type Command,
  type Commands,
  type Door,
  type OtpSettings,
  takesTcp,
  type TcpFlags,
} from "../../core/door.ts";
import { formatAddressBlock } from "../../core/firewall/address_block.ts";
import { formatPortRange } from "../../core/firewall/port_range.ts";
import { escapeControlsInJson } from "../../core/printable.ts";
import { formatKnock } from "../../core/sequence.ts";
import { otpBits, staticBits } from "./strength.ts";
import { TCP_FLAG_BITS } from "../../core/tcp_flags.ts";
import type { Config } from "../config.ts";
import { explainIgnored } from "./explain_ignored.ts";

/** What `explain` can't know from the config alone. */
export interface Surroundings {
  /** How many sequences are left in a file of one-time sequences. */
  sequencesLeft(path: string): number;
  /** What was found and is not said, as the config wants it. */
  readonly ignored: readonly { readonly door?: string; readonly name?: string }[];
}

/** The lines that say what a config does. */
export function explain(config: Config, around: Surroundings): string[] {
  const { interfaces, ignorePorts } = config.options;
  const where = interfaces.length > 0
    ? interfaces.join(", ")
    : "the interface of the default route";
  const ignored = ignorePorts.length > 0
    ? `, but not to ${ignorePorts.map(formatKnock).join(", ")}`
    : "";
  const isDeaf = config.doors.length > 0 &&
    config.doors.every(({ key }) => key.kind === "fleet");
  return [
    `${config.path}: ${plural(config.doors.length, "door")}`,
    isDeaf ? "hears no knocks: all its doors follow" : `listens on ${where}${ignored}`,
    ...explainFleet(config),
    ...config.doors.flatMap((door) => [
      "",
      ...explainDoor(door, around),
      ...explainIgnored(door.name, config.ignoredAdvice, around.ignored).map(rowText),
    ]),
  ];
}

/** The lines that say what a door does. */
function explainDoor(door: Door, around: Surroundings): string[] {
  const rows: [string, string][] = [...explainKey(door, around)];
  if (door.key.kind !== "fleet") {
    rows.push(
      ["within", `${door.seqTimeout} s from the first packet to the last`],
      ["tolerates", tolerance(door.tolerance)],
    );
  }
  if (takesTcp(door)) rows.push(["counts", flags(door.tcpFlags)]);
  if (door.target) rows.push(["target", `packets to ${door.target.text} count`]);
  if (door.kernel) rows.push(...explainKernel(door.kernel));
  if (door.start || !door.kernel) rows.push(...explainCommands("opens with", door.start));
  if (door.closes.length > 0) {
    rows.push(["closes", `${door.closes.join(", ")} for its knocker, first`]);
  }
  if (door.stop || door.kernel) {
    rows.push(["closes", `${door.cmdTimeout} s later${exit(door)}`]);
    if (door.stop && door.again === "run") {
      rows.push([
        "open again",
        "a knock runs the command again, and closing undoes each",
      ]);
    }
    if (door.stop) rows.push(...explainCommands("closes with", door.stop));
  } else if (door.start) rows.push(["closes", "never by itself"]);
  rows.push(...explainGroup(door));
  if (door.cooldown > 0) {
    const rest = `the same address opens it once in ${door.cooldown} s`;
    rows.push(["cooldown", rest]);
  }
  return [`door ${door.name}`, ...rows.map(rowText)];
}

function rowText([name, text]: readonly [string, string]): string {
  return `  ${name.padEnd(11)} ${text}`;
}

function explainKey(door: Door, around: Surroundings): [string, string][] {
  const { key } = door;
  if (key.kind === "static") {
    return [
      ["knock", `${key.sequence.map(formatKnock).join(", ")}, in this order`],
      [
        "strength",
        `${bits(staticBits(key.sequence, door.tolerance))} to guess, none ` +
        "to copy: a password that anyone on the path can sniff and use",
      ],
    ];
  }
  if (key.kind === "file") {
    const left = around.sequencesLeft(key.path);
    return [["knock", `the next sequence of ${key.path}, once each; ${left} left`]];
  }
  if (key.kind === "fleet") return [["knock", `none here: it opens with ${key.follow}`]];
  const names = key.clients.map((client) => client.name).join(", ");
  return [
    ["knock", explainOtp(key.otp)],
    ...explainPacket(key.otp),
    ["label", door.label],
    ["clients", names === "" ? "none: nobody can open it" : names],
    [
      "strength",
      `${bits(otpBits(key.otp, key.clients.length, door.tolerance))} to guess`,
    ],
  ];
}

function explainFleet({ fleet }: Config): string[] {
  if (fleet === undefined) return [];
  return [
    `in the fleet ${fleet.name} as ${fleet.node}, by ${fleet.endpoints.join(", ")}`,
  ];
}

function explainGroup({ fleet, key }: Door): [string, string][] {
  if (fleet === undefined) return [];
  const rows: [string, string][] = [
    ["group", `${fleet.group}: opens and closes on every machine that has it there`],
  ];
  if (key.kind === "otp") {
    const alone = fleet.alone === "shut"
      ? "refuses knocks while etcd can't be asked"
      : "opens by this machine's journal while etcd can't be asked";
    rows.push(["alone", alone]);
  }
  return rows;
}

function explainPacket({ packet }: OtpSettings): [string, string][] {
  return packet === undefined ? [] : [["packet", `or one, to port ${packet}:udp`]];
}

function explainOtp(otp: OtpSettings): string {
  const moving = otp.mode === "totp"
    ? `new every ${otp.period} s, ${otp.window} to either side accepted`
    : `new after every use, ${otp.lookAhead} ahead accepted`;
  const bound = otp.bindSource ? ", bound to the client's address" : "";
  return `${otp.length} ${otp.protocol} ports of ${otp.lo}-${otp.hi} in any order, ` +
    `from the client's secret; ${moving}${bound}`;
}

function explainKernel({ ports, allow, connections }: KernelPorts): [string, string][] {
  const often = connections === 1 ? ", for one connection" : "";
  const rows: [string, string][] = [
    ["opens", `port ${ports.map(formatPortRange).join(", ")}, by the kernel${often}`],
    ["otherwise", "the kernel drops what comes there, by IPv4 and IPv6"],
  ];
  if (allow.length > 0) {
    rows.push(["allows", `${allow.map(formatAddressBlock).join(", ")} without a knock`]);
  }
  return rows;
}

function explainCommands(
  name: string,
  commands: Commands | undefined,
): [string, string][] {
  if (commands === undefined) return [[name, "nothing"]];
  const { ipv4, ipv6 } = commands;
  if (ipv4 === ipv6) return [[name, command(ipv4)]];
  return [[name, `IPv4: ${command(ipv4)}`], ["", `IPv6: ${command(ipv6)}`]];
}

function command(command: Command | undefined): string {
  if (command === undefined) return "nothing";
  const plain = typeof command === "string" && !/\p{Cc}/u.test(command);
  return escapeControlsInJson(plain ? command : JSON.stringify(command));
}

function exit(door: Door): string {
  return door.onExit === "close" ? ", or when the daemon ends" : "";
}

function tolerance(tolerance: number): string {
  if (tolerance < 0) return "any other port in between: a port scan may open it";
  return tolerance === 0
    ? "no other port in between"
    : `${plural(tolerance, "other port")} in between`;
}

function flags({ mask, value }: TcpFlags): string {
  if (mask === 0) {
    return "every TCP packet: the daemon has to look at all TCP traffic of this machine";
  }
  const named = (wanted: number) =>
    Object.entries(TCP_FLAG_BITS)
      .filter(([, bit]) => (mask & bit) !== 0 && (value & bit) === (wanted & bit))
      .map(([name]) => name.toUpperCase());
  const set = named(0xff);
  const clear = named(0);
  const parts = [
    ...(set.length > 0 ? [`with ${set.join(" and ")}`] : []),
    ...(clear.length > 0 ? [`without ${clear.join(" and ")}`] : []),
  ];
  return `TCP packets ${parts.join(" and ")}`;
}

function bits(bits: number): string {
  return `${Math.floor(bits)} bits`;
}
