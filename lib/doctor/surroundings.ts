/**
 * What `check` says of a config that follows from the machine: who listens, what the
 * firewall drops.
 */

import type { Config } from "../config/config.ts";
import type { Advice } from "../config/judge/advice.ts";
import { doorFirewallAdvice } from "./door_firewall.ts";
import { listeningAdvice, listeningPorts } from "./listening.ts";
import { listedRuleset } from "./ruleset/listed_ruleset.ts";
import type { Machine } from "./machine.ts";

/** All of it, door by door; the firewall is root's to read. */
export async function surroundingAdvice(
  machine: Pick<Machine, "uid" | "read" | "run">,
  { doors, options }: Config,
): Promise<Advice[]> {
  const listening = listeningAdvice(doors, listeningPorts(machine));
  const listed = machine.uid === 0 ? await listedRuleset(machine) : undefined;
  const ruleset = listed?.ruleset;
  return [
    ...listening,
    ...ruleset === undefined ? [] : doorFirewallAdvice(doors, ruleset, options.table),
  ];
}
