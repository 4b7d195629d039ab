/**
 * What of the firewall keeps a door shut that its knock opens: another table that drops its
 * port, answers that do not come in.
 */

import { type Advice, type Remark, remarksOn, unsafe } from "../config/judge/advice.ts";
import { parseOpen } from "../config/open_ports.ts";
import { programsOf } from "../config/judge/shell_words.ts";
import type { Door } from "../core/door.ts";
import type { PortRange } from "../core/firewall/kernel_ports.ts";
import { plainOpening } from "../config/judge/plain_opening.ts";
import { dropsAnswers } from "./ruleset/answers.ts";
import { INGRESS, localHooks } from "./ruleset/local_hooks.ts";
import { type AboutPacket, follow, likely } from "./ruleset/passage.ts";
import { type Chain, chainsAt, type Ruleset } from "./ruleset/ruleset.ts";

/** A chain that drops what comes to a port, whoever sent it. */
export interface Dropper {
  readonly chain: Chain;
  readonly version: 4 | 6;
  readonly port: PortRange;
  /** The rule, in words. */
  readonly rule: string;
}

/** Who opens ports, and where: chains of its own table are its business. */
export interface Opened {
  readonly ports: readonly PortRange[];
  readonly target?: Door["target"];
  /** The interface by which those come who knock, where that is known. */
  readonly by?: string;
  readonly isOwn: (chain: Chain) => boolean;
}

/** The chains that drop what a door has opened; a packet has to be let in by every table. */
export function droppersOf(ruleset: Ruleset, opened: Opened): Dropper[] {
  return droppersAt(ruleset, opened, []);
}

/** The same, and those that seem to, as most rulesets mean it. */
export function seemingDroppersOf(ruleset: Ruleset, opened: Opened): Dropper[] {
  return droppersAt(ruleset, opened, [INGRESS], likely);
}

function droppersAt(
  ruleset: Ruleset,
  { ports, target, by, isOwn }: Opened,
  ahead: readonly string[],
  isAbout?: AboutPacket,
): Dropper[] {
  const versions = target === undefined ? [4, 6] as const : [target.family];
  return versions.flatMap((version) =>
    ports.flatMap((port) => {
      const { protocol, first } = port;
      const packet = { version, protocol, port: first, ...by && { by } };
      const hooks = target === undefined
        ? localHooks(ruleset, packet)
        : ["prerouting", "forward"];
      const others = chainsAt(ruleset, version, [...ahead, ...hooks])
        .filter((chain) => !isOwn(chain));
      return others.flatMap((chain) => {
        const { ends, dropper: rule } = follow(ruleset, chain, packet, isAbout);
        const surely = ends.size === 1 && ends.has("drop") && rule !== undefined;
        return surely ? [{ chain, version, port, rule }] : [];
      });
    })
  );
}

/** What `check` says of it, where it may read the firewall. */
export function doorFirewallAdvice(
  doors: readonly Door[],
  ruleset: Ruleset,
  table: string,
): Advice[] {
  return remarksOn(doors, [
    (door) => droppedElsewhere(ruleset, openedBy(door, table)),
    // The kernel's doors keep what is established by themselves.
    (door) => door.kernel ? undefined : answersDropped(ruleset, openedBy(door, table)),
  ]);
}

function droppedElsewhere(
  ruleset: Ruleset,
  opened: Opened | undefined,
): Remark | undefined {
  const [first] = opened === undefined ? [] : droppersOf(ruleset, opened);
  return first && unsafe(
    "dropped-elsewhere",
    `${first.rule}, drops what comes to port ${first.port.first}/` +
      `${first.port.protocol} over IPv${first.version}, from those who knocked, too`,
    "let the port in there: a packet has to pass every table",
  );
}

function answersDropped(ruleset: Ruleset, opened?: Opened): Remark | undefined {
  if (opened === undefined) return undefined;
  const chain = [4, 6].flatMap((version) =>
    chainsAt(ruleset, version as 4 | 6, ["input"])
  )
    .find((chain) => opened.isOwn(chain) && dropsAnswers(ruleset, chain));
  return chain && unsafe(
    "no-established-rule",
    `${chain.family} ${chain.table} ${chain.name} drops by its policy, and no rule in it ` +
      "accepts established connections: they end when the door closes",
    "accept them first, as by iptables -I INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
  );
}

/** The ports that a door opens, by the kernel or by the usual commands; else `undefined`. */
export function openedBy(door: Door, table: string): Opened | undefined {
  const { kernel, target, start } = door;
  const at = target && { target };
  if (kernel !== undefined) {
    return { ports: kernel.ports, ...at, isOwn: isTable("inet", table) };
  }
  const plain = plainOpening(start?.ipv4);
  const [words] = programsOf(start?.ipv4);
  // Where a rule of nft's or firewalld's goes is not looked at.
  if (plain === undefined || !/(^|\/)(ip6?tables|ufw)$/.test(words?.[0] ?? "")) {
    return undefined;
  }
  const isOwn = (chain: Chain) => /^ip6?$/.test(chain.family) && chain.table === "filter";
  return { ports: parseOpen(plain).ports, isOwn };
}

function isTable(family: string, table: string): Opened["isOwn"] {
  return (chain) => chain.family === family && chain.table === table;
}
