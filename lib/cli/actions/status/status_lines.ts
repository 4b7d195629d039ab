/** A daemon's status as lines for a terminal. */

import { plural } from "../../../core/plural.ts";
import { escapeControls } from "../../../core/printable.ts";
import { someOf } from "../../../core/some_of.ts";
import { secondOf } from "../../../core/local_time.ts";
import type { InterfaceStatus } from "../../../server/capture/event.ts";
import { countingFromWords } from "../../../server/knocks/new_journal.ts";
import type { DoorStatus, LeaseStatus, Status } from "../../../server/status.ts";
import { table } from "../columns.ts";
import { failureCounts, lastFailures } from "./status_failures.ts";

/** Clients that are shown; `--json` has a thousand. */
const MOST_CLIENTS = 20;

/** What a door's kind is called. */
const KINDS: Readonly<Record<string, string>> = {
  static: "one sequence",
  file: "listed sequences",
  otp: "rotating",
  fleet: "follows the fleet",
};

/** The lines that `knockd status` prints. */
export function statusLines(status: Status): string[] {
  const { version, pid, config, uptime, trial } = status;
  return [
    `knockd ${version}, process ${pid}, up ${duration(uptime)}, ${config}`,
    ...(trial === undefined
      ? []
      : [`ON TRIAL: stops in ${duration(trial)} unless you call knockd confirm`]),
    "",
    ...status.interfaces.map(interfaceLine),
    ...fleetLines(status),
    `${status.opened} opened, ${status.refused} refused, ${status.spent} one-time ` +
    `sequences spent`,
    ...(status.newJournal ?? []).map((each) => countingFromWords(each, Date.now())),
    "",
    ...section("doors", table(status.doors.map(doorCells))),
    "",
    ...section("open", table(status.leases.map(leaseCells))),
    "",
    ...section("last openings", table(lastOpenings(status))),
    ...((status.clients ?? []).length === 0
      ? []
      : ["", ...section("clients and their last opening", clientLines(status))]),
    "",
    ...section("knocks that opened nothing", table(failureCounts(status.doors))),
    "",
    ...section("the last of them", lastFailures(status.failures ?? [])),
  ].map(escapeControls);
}

/** `90061` as `1d 1h 1m 1s`. */
function duration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [Math.floor(seconds) % 60, "s"],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => count + unit);
  return shown.join(" ") || "0s";
}

function interfaceLine(state: InterfaceStatus): string {
  const { addresses, packets, dropped, hears, reason } = state;
  const name = state.interface;
  if (!hears) return `${name}: NOT LISTENING: ${reason}`;
  return `${name}: listening (${someOf(addresses) || "no address"}), ` +
    `${plural(packets, "packet")} seen, ${dropped} dropped`;
}

function doorCells({ name, kind, opened = 0, failed = {} }: DoorStatus): string[] {
  const shut = Object.values(failed).reduce((sum, count) => sum + count, 0);
  return [name, KINDS[kind] ?? kind, `${opened} opened, ${shut} not`];
}

function fleetLines({ fleet }: Status): string[] {
  if (fleet === undefined) return [];
  const { name, node, endpoint, why, owes } = fleet;
  const where = why === undefined ? `by ${endpoint}` : `NOT REACHED: ${why}`;
  const debts = owes ? "; it is still to be told what was spent here" : "";
  return [`fleet ${name}: ${node}, ${where}${debts}`];
}

function leaseCells(lease: LeaseStatus): string[] {
  const { door, ip, client = "", stage, left, failures, failed } = lease;
  const when = stage === "closing"
    ? failures === 0 ? "closing" : `CLOSING FAILED ${plural(failures, "time")}`
    : `closes in ${duration(left)}`;
  const how = failed === undefined ? "" : `START FAILED: it ${failed}`;
  return [door, ip, client, when, how];
}

function lastOpenings({ openings }: Status): string[][] {
  return openings.map(({ time, door, ip, client = "", failed }) => [
    secondOf(time),
    door,
    ip,
    client,
    failed === undefined ? "" : `START FAILED: it ${failed}`,
  ]);
}

function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...(lines.length === 0 ? ["  none"] : lines)];
}

/** Clients that opened last, as many as one looks at. */
function clientLines({ clients, doors }: Status): string[] {
  const all = doors.reduce((sum, door) => sum + (door.clients ?? 0), 0);
  const shown = clients.slice(0, MOST_CLIENTS);
  return [
    ...table(shown.map(({ door, client, last }) => [
      door,
      client,
      last === undefined ? "never opened it" : secondOf(last.time),
      last?.ip ?? "",
    ])),
    ...(all > shown.length ? [`  and ${all - shown.length} more (--json)`] : []),
  ];
}
