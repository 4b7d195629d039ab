/**
 * A daemon's status as lines for a terminal.
 *
 * @module
 */
import { secondOf } from "../core/local_time.ts";
import type { InterfaceStatus } from "../server/capture/event.ts";
import { countingFromWords } from "../server/knocks/new_journal.ts";
import type { LeaseStatus, Status } from "../server/status.ts";

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
    `${status.opened} opened, ${status.refused} refused, ${status.spent} one-time ` +
    `sequences spent`,
    ...(status.newJournal ?? []).map((each) => countingFromWords(each, Date.now())),
    "",
    ...section("doors", table(status.doors.map(({ name, kind }) => [name, kind]))),
    "",
    ...section("open", table(status.leases.map(leaseCells))),
    "",
    ...section("last openings", table(lastOpenings(status))),
  ];
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
  return `${name}: listening (${addresses.join(", ") || "no address"}), ` +
    `${packets} packets seen, ${dropped} dropped`;
}

function leaseCells(lease: LeaseStatus): string[] {
  const { door, ip, client = "", stage, left, failures, failed } = lease;
  const when = stage === "closing"
    ? failures === 0 ? "closing" : `CLOSING FAILED ${failures} times`
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

/** Columns as wide as their widest cell. */
function table(rows: readonly string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd()
  );
}
