/**
 * What is right and may be unwise: said by `check`, not by a daemon that starts. All of it
 * follows from the config alone.
 */

import type { Command, Door } from "../../core/door.ts";
import { type Advice, type Adviser, remarksOn, unsafe, unwise } from "./advice.ts";
import { type FirewallChange, firewallChange } from "./firewall_words.ts";
import { closedBy, openersOf } from "./pairs.ts";
import { hiddenByUnit } from "./sandbox.ts";
import { busyPort, metByAscendingScan, metByRandomScan } from "./scanned.ts";
import { baseName, programsOf, programsOfDoor, withoutSudo } from "./shell_words.ts";
import { shutByKernel } from "./shut_by_kernel.ts";

/** Advice on the doors of a config, in their order. */
export function adviceOn(doors: readonly Door[]): Advice[] {
  const openers = openersOf(doors);
  const pair: Adviser = (door) => {
    const other = closedBy(door, openers);
    return other && unwise(
      "open-close-pair",
      `${other.name} closes what this opens, if somebody remembers to knock there`,
      "one door with both commands and a cmd_timeout does it by itself",
    );
  };
  const neverCloses: Adviser = (door) =>
    closedBy(door, openers) === undefined ? staysOpen(door) : undefined;
  return remarksOn(doors, [
    ...[opensForAll, neverCloses, pair, shutByKernel(doors)],
    ...[metByAscendingScan, metByRandomScan, busyPort],
    ...[withoutWait, oneFamily, hiddenByUnit],
  ]);
}

const opensForAll: Adviser = ({ start }) =>
  changes(start?.ipv4).some(({ does, names }) => does === "opens" && !names)
    ? unsafe(
      "opens-for-all",
      "its command does not name the knocker: it opens for everybody",
      "put %IP% where the address belongs",
    )
    : undefined;

/** A command that is written to run later, as by `at`, closes too. */
const CLOSES_LATER = /(^|[\s"'])(-D|--delete|delete|del|--remove-\S+)\s/;

const staysOpen: Adviser = ({ start, stop, kernel, closes }) => {
  if (kernel !== undefined || stop !== undefined || closes.length > 0) return undefined;
  const all = changes(start?.ipv4);
  const opened = all.some(({ does, expires }) => does === "opens" && !expires);
  if (!opened || all.some(({ does }) => does === "closes")) return undefined;
  if (CLOSES_LATER.test(textOf(start?.ipv4))) return undefined;
  return unsafe(
    "never-closes",
    "what it opens stays open",
    "a stop_command and cmd_timeout close it by itself",
  );
};

const IPTABLES = /^ip6?tables(-legacy)?$/;

const withoutWait: Adviser = (door) =>
  programsOfDoor(door).map(withoutSudo).some(([program, ...rest]) =>
      IPTABLES.test(baseName(program)) && firewallChange([program!, ...rest]) &&
      !rest.some((word) => /^(-w\d*|--wait(=\d+)?)$/.test(word))
    )
    ? unwise(
      "iptables-without-wait",
      "an iptables of the old kind fails when another runs at the same moment",
      "iptables -w waits for its turn",
    )
    : undefined;

/** A knock over IPv6 runs the plain command where there is no other. */
const oneFamily: Adviser = ({ start, target }) => {
  if (target?.family === 4 || start?.ipv4 !== start?.ipv6) return undefined;
  const program = programsOf(start?.ipv4).map(withoutSudo)
    .find((words) => ofIpv4Alone(words.join(" ")));
  return program && unwise(
    "ipv4-command",
    `somebody who knocks over IPv6 runs ${baseName(program[0])}, and it takes no IPv6 ` +
      "address",
    "start_command_6 for IPv6, or an empty one for nothing",
  );
};

function ofIpv4Alone(text: string): boolean {
  return /%IP%/.test(text) &&
    (/^(\/\S*\/)?iptables(-\w+)? /.test(text) || /family=["']?ipv4\b/.test(text) ||
      /^(\/\S*\/)?nft .*\bip saddr %IP%/.test(text));
}

function changes(command: Command | undefined): FirewallChange[] {
  return programsOf(command).flatMap((words) => firewallChange(words) ?? []);
}

function textOf(command: Command = ""): string {
  return typeof command === "string" ? command : command.join(" ");
}
