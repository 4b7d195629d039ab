/**
 * Doors with `open`: can they be made, are they, and does nothing else stand in their way?
 */

import type { Config } from "../config/config.ts";
import { type KernelDoor, kernelDoors } from "../core/firewall/guarded_door.ts";
import { CHAINS } from "../core/firewall/rules.ts";
import { formatPortRange } from "../core/firewall/port_range.ts";
import { libraryWords } from "./capture.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import { legacyInput } from "./ruleset/legacy_input.ts";
import { listedRuleset } from "./ruleset/listed_ruleset.ts";
import type { Machine } from "./machine.ts";
import { holdsNetAdmin } from "./rights.ts";
import {
  type Dropper,
  droppersOf,
  type Opened,
  seemingDroppersOf,
} from "./door_firewall.ts";
import { INGRESS } from "./ruleset/local_hooks.ts";
import { type Chain, iptablesFor, type Ruleset } from "./ruleset/ruleset.ts";
import { wayIn } from "./way_in.ts";

/** All of it; nothing where no door has `open`. */
export async function kernelDoorFindings(
  machine: Machine,
  config: Config | undefined,
): Promise<Examined[]> {
  const doors = kernelDoors(config?.doors ?? []);
  if (config === undefined || doors.length === 0) return [];
  const { table } = config.options;
  const listed = await listedRuleset(machine);
  const ruleset = listed?.ruleset;
  return [
    libraryFinding(machine),
    ...ruleset === undefined
      ? unreadable(machine, listed !== undefined)
      : [guardFinding(ruleset, table)],
    ...await bootFindings(machine),
    ...ruleset === undefined ? [] : inTheWay(machine, ruleset, config),
    ...await legacyFindings(machine, doors),
  ];
}

function libraryFinding(machine: Machine): Examined {
  const version = machine.libnftables();
  if (!(version instanceof Error)) return well("libnftables", version);
  const [says, fix] = libraryWords(version);
  return ill("libnftables", `${says}: no door with open can be made`, fix);
}

/**
 * Whoever may change tables may read them: what nft can't read then is not there; unless nft, a
 * program of the same library, does not run at all.
 */
function unreadable(machine: Machine, isThere: boolean): Examined[] {
  if (machine.uid !== 0 || !isThere || !holdsNetAdmin(machine)) return [];
  if (machine.libnftables() instanceof Error) return [];
  return [
    ill(
      "nf_tables",
      "nft can't read its tables, and no door with open can be made",
      "modprobe nf_tables; where the kernel has none, doors of commands",
    ),
  ];
}

function guardFinding(ruleset: Ruleset, table: string): Examined {
  const chains = ruleset.flatMap(({ chain }) =>
    chain?.family === "inet" && chain.table === table ? [chain.name] : []
  );
  const other = chains.find((name) => !Object.hasOwn(CHAINS, name));
  if (other !== undefined) {
    return ill(
      "guard",
      `the table inet ${table} is somebody else's (it has a chain ${other})`,
      'give knockd another name: table = "…" in [options]',
    );
  }
  return chains.includes("guard")
    ? well("guard", `the table inet ${table} is there`)
    : ill(
      "guard",
      `there is no table inet ${table}: nothing guards the ports of the doors`,
      "knockd firewall up, or start the daemon",
    );
}

/** Between the network and the daemon, and without the daemon, the ports are shut too. */
async function bootFindings(machine: Machine): Promise<Examined[]> {
  if (!machine.exists("/run/systemd/system")) return [];
  const asked = await machine.run("systemctl", "is-enabled", "knockd-guard");
  if (asked === undefined) return [];
  const state = asked.text.trim();
  if (state === "enabled") return [well("guard", "it is up before the network is")];
  return [
    ill(
      "guard",
      `when the machine starts, the ports are open until the daemon runs (knockd-guard: ${
        state || "there is no unit"
      })`,
      "knockd service --install, then systemctl enable knockd-guard",
    ),
  ];
}

/** Only what other tables do with the ports of the doors. */
export async function othersInTheWay(
  machine: Machine,
  config: Config,
): Promise<Examined[]> {
  const ruleset = (await listedRuleset(machine))?.ruleset ?? [];
  return [
    ...inTheWay(machine, ruleset, config),
    ...await legacyFindings(machine, kernelDoors(config.doors)),
  ];
}

/** A packet has to be let in by every table. */
function inTheWay(
  machine: Machine,
  ruleset: Ruleset,
  { doors, options }: Config,
): Examined[] {
  const isOwn = ({ family, table }: Chain) =>
    family === "inet" && table === options.table;
  const by = wayIn(machine, options);
  return kernelDoors(doors).flatMap(({ target, kernel: { ports } }) =>
    atDoor(ruleset, { ports, isOwn, ...by && { by }, ...target && { target } })
  );
}

function atDoor(ruleset: Ruleset, opened: Opened): Examined[] {
  const sure = droppersOf(ruleset, opened);
  const seeming = seemingDroppersOf(ruleset, opened)
    .filter((one) => !sure.some((other) => isSame(one, other)));
  return [
    ...sure.map((dropper) => ill(...inWords(dropper, "drops"))),
    ...seeming.map((dropper) => {
      const [about, says, fix] = inWords(dropper, "seems to drop");
      // There is no tracing what never got further.
      const more = dropper.chain.hook === INGRESS
        ? ""
        : "; knockd firewall trace makes sure";
      return unknown(about, says, `${fix}${more}`);
    }),
  ];
}

function isSame(one: Dropper, other: Dropper): boolean {
  return one.chain === other.chain && one.version === other.version &&
    one.port === other.port;
}

function inWords(
  { chain, version, port: { first, protocol }, rule }: Dropper,
  drops: string,
): [about: string, says: string, fix: string] {
  const way = letIn(chain, first, protocol, rule);
  return [
    `IPv${version}`,
    `${rule}, ${drops} what comes to port ${first}/${protocol}, from those who knocked, too`,
    `let the port in there, knockd keeps others out: ${way}`,
  ];
}

function letIn(chain: Chain, port: number, protocol: string, rule: string): string {
  const { family, table, name } = chain;
  if (table === "firewalld") {
    // Without --permanent the next reload or start of firewalld shuts it again.
    // Without a zone it is the default one, which may not be the interface's.
    const [, zone] = /\bfilter_IN_([^\s,]+?), rule/.exec(rule) ?? [];
    const where = zone === undefined ? "" : ` --zone=${zone}`;
    return `firewall-cmd --permanent${where} --add-port=${port}/${protocol} && ` +
      "firewall-cmd --reload";
  }
  const program = iptablesFor(chain);
  return program === undefined
    ? `nft insert rule ${family} ${table} ${name} ${protocol} dport ${port} accept`
    : `${program} -I ${name} -p ${protocol} --dport ${port} -j ACCEPT ` +
      `(with ufw: ufw allow ${port}/${protocol})`;
}

/** The old iptables has tables of its own, which nft does not show. */
async function legacyFindings(
  machine: Machine,
  doors: readonly KernelDoor[],
): Promise<Examined[]> {
  const ports = doors.filter(({ target }) => target === undefined)
    .flatMap(({ kernel }) => kernel.ports);
  if (ports.length === 0) return [];
  const named = ports.map(formatPortRange).join(", ");
  const found: Examined[] = [];
  for (const version of [4, 6] as const) {
    const input = await legacyInput(machine, version);
    const [chain] = ports.flatMap((port) => input?.dropsAt(port) ?? []);
    if (input === undefined || !input.dropsByPolicy && chain === undefined) continue;
    const { program, dropsByPolicy } = input;
    const by = dropsByPolicy ? "by its policy" : `by a rule of ${chain}`;
    found.push(unknown(
      `IPv${version}`,
      `${program} drops ${by}; whether it lets ${named} in can't be told`,
      `look into ${program}-save: the ports have to be let in there, too`,
    ));
  }
  return found;
}
