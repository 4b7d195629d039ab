/**
 * `knockd firewall up`, `down` and `status`: the table of the kernel's doors without a
 * daemon.
 */

import type { Config } from "../../../config/config.ts";
import { Failure, UsageError } from "../../../core/failure.ts";
import { type GuardedDoor, kernelDoors } from "../../../core/firewall/guarded_door.ts";
import { GuardedDoors } from "../../../core/firewall/guarded_doors.ts";
import { formatPortRange } from "../../../core/firewall/port_range.ts";
import type { Door } from "../../../core/door.ts";
import { claimTable } from "../../../server/firewall/claim.ts";
import { elementsOf, findDoors } from "../../../server/firewall/door_elements.ts";
import { inspect, isWhole, tablesOfOwner } from "../../../server/firewall/inspection.ts";
import { type Nft, openNft } from "../../../server/firewall/nf_tables.ts";
import { restOf } from "../../../server/firewall/rest_of_table.ts";
import { ownerMark } from "../../../server/firewall/owner.ts";
import { tableOf } from "../../../server/firewall/table_of.ts";
import { undo } from "../../../server/firewall/table_before.ts";
import { print } from "../../terminal.ts";

/** Of a table that another program flushed, put to sleep, or had drop everything. */
const BROKEN = "not whole, another program changed it";

/** Makes the table, or brings it up to date; who may pass already goes on to. */
export function firewallUp(config: Config): void {
  const doors = kernelDoors(config.doors);
  if (doors.length === 0) {
    throw new UsageError(
      `no door of ${config.path} has open, so there is nothing to guard`,
      "open = 22 on a door; knockd firewall nft prints a ruleset for doors of commands",
    );
  }
  const nft = openNft();
  using table = tableOf(config, nft, monotonic);
  claimTable(nft, config.options.table, "knockd reload has it do that");
  const isTaken = table.apply(doors);
  print(`table inet ${config.options.table}: up`);
  for (const door of doors) print(`    ${guarded(door)}`);
  if (isTaken) print("    it was another config's, whose other ports are open now");
}

/** Deletes the table, whoever may pass by it. */
export function firewallDown(name: string, config?: Config): void {
  using nft = openNft();
  sayEarlier(nft, name, config);
  const found = inspect(nft, name);
  if (found.kind === "missing") return print(`table inet ${name}: there is none`);
  if (found.kind === "foreign") {
    throw new Failure(
      `the table inet ${name} is not knockd's: ${found.why}`,
      `nft delete table inet ${name}`,
    );
  }
  claimTable(nft, name, "stop it first: systemctl stop knockd");
  undo(nft, name, "");
  print(`table inet ${name}: down; nothing guards its ports any more`);
}

/** Says in words what the kernel has; without a config, what a look at the table tells. */
export function firewallStatus(name: string, config?: Config): void {
  using nft = openNft();
  sayEarlier(nft, name, config);
  const found = inspect(nft, name);
  if (found.kind === "missing") return print(`table inet ${name}: down`);
  if (found.kind === "foreign") {
    return print(`table inet ${name}: not knockd's, ${found.why}`);
  }
  const { there, missing } = findDoors(nft, name, kernelDoors(config?.doors ?? []));
  const whole = isWhole(nft, name, new GuardedDoors(name, there));
  const up = config === undefined ? "there" : "up";
  print(`table inet ${name}: ${whole ? up : `${BROKEN} (knockd firewall up)`}`);
  for (const { door } of there) print(`    ${guarded(door)}`);
  for (const { name } of missing) {
    print(`    door ${name}: not in it yet (knockd reload, or knockd firewall up)`);
  }
  const now = monotonic();
  for (const { door, ip, until } of there.flatMap((d) => elementsOf(nft, name, d, now))) {
    print(`    open: ${door} for ${ip}, ${timeLeft(until - now)}`);
  }
  sayRest(nft, name, there, config);
}

/** Tables that this config had under another name, which shut its ports as before. */
function sayEarlier(nft: Nft, name: string, config: Config | undefined): void {
  if (config === undefined) return;
  for (const other of tablesOfOwner(nft, ownerMark(config.path), name)) {
    const way = `knockd firewall down --table ${other}`;
    print(`table inet ${other}: this config's under an earlier name (${way})`);
  }
}

/** What the table has besides: of doors that the config has no more, or has otherwise. */
function sayRest(
  nft: Nft,
  name: string,
  there: readonly GuardedDoor[],
  config: Config | undefined,
): void {
  const now = monotonic();
  const { ports, open } = restOf(nft, name, there, now);
  const whose = config === undefined ? "" : "not of this config: ";
  const end = config === undefined ? "" : ` (${wayOut(config)})`;
  for (const port of ports) print(`    ${whose}${port} is dropped${end}`);
  for (const { ip, until } of open) {
    print(`    ${whose}${ip} may pass, ${timeLeft(until - now)}`);
  }
}

function wayOut({ doors }: Config): string {
  const what = kernelDoors(doors).length === 0 ? "down" : "up";
  return `knockd reload, or knockd firewall ${what}`;
}

function timeLeft(ms: number): string {
  return ms === Infinity ? "for ever" : `for ${Math.ceil(ms / 1000)} s`;
}

function guarded({ name, kernel, target }: Door): string {
  const ports = kernel?.ports.map(formatPortRange).join(", ");
  const allowed = kernel?.allow.length === 0 ? "" : " or need no knock (allow)";
  const where = target === undefined ? "" : ` of ${target.text}`;
  return `door ${name}: port ${ports}${where} is dropped, but for those who knocked${allowed}`;
}

function monotonic(): number {
  return performance.now();
}
