/**
 * A daemon's state as metrics. Labels are the config's words and interfaces' names, never
 * what comes from the network: there are few.
 */

import type { FailedReason } from "../log/failed_knock.ts";
import type { Status } from "../status.ts";
import { commandSeconds } from "./command_seconds.ts";
import type { Metric, Sample } from "./metric.ts";

export function metricsOf(status: Status): Metric[] {
  return [
    gauge("knockd_build_info", "1, labelled with the version", [
      { labels: { version: status.version }, value: 1 },
    ]),
    gauge("knockd_uptime_seconds", "Seconds since the daemon started", [
      { labels: {}, value: status.uptime },
    ]),
    ...knocks(status),
    ...interfaces(status),
    ...leases(status),
    ...fleet(status),
    counter(
      "knockd_failed_commands",
      "Commands that failed",
      status.commands.map(({ door, failed }) => sample({ door }, failed)),
    ),
    commandSeconds(status.commands),
    gauge(
      "knockd_client_clock_offset_seconds",
      "How far a client's clock is ahead, 0 unless its openings show it",
      status.clocks.map(({ door, client, ahead }) => sample({ door, client }, ahead)),
    ),
  ];
}

function knocks({ doors, spent }: Status): Metric[] {
  const failed = doors.flatMap(({ name: door, failed }) =>
    Object.entries(failed).map(([reason, count]) =>
      sample({ door, reason: reasonLabel(reason as FailedReason) }, count)
    )
  );
  return [
    counter(
      "knockd_openings",
      "How often a door opened",
      doors.map(({ name, opened }) => sample({ door: name }, opened)),
    ),
    counter("knockd_refusals", "Knocks that opened nothing, by reason", failed),
    counter("knockd_spent_sequences", "One-time sequences that were spent by opening", [
      sample({}, spent),
    ]),
  ];
}

function interfaces({ interfaces }: Status): Metric[] {
  const each = (value: (state: Status["interfaces"][number]) => number) =>
    interfaces.map((state) => sample({ interface: state.interface }, value(state)));
  return [
    counter(
      "knockd_packets",
      "Packets that passed the capture filter",
      each(({ packets }) => packets),
    ),
    counter(
      "knockd_dropped_packets",
      "Packets that the kernel dropped before the daemon read them",
      each(({ dropped }) => dropped),
    ),
    gauge(
      "knockd_listening",
      "Whether the daemon hears an interface",
      each(({ hears }) => hears ? 1 : 0),
    ),
  ];
}

function leases({ doors, leases }: Status): Metric[] {
  const open = new Map(doors.map(({ name }) => [name, 0]));
  const stuck = new Map(open);
  for (const { door, failures } of leases) {
    open.set(door, (open.get(door) ?? 0) + 1);
    stuck.set(door, (stuck.get(door) ?? 0) + (failures > 0 ? 1 : 0));
  }
  const byDoor = (counts: Map<string, number>) =>
    [...counts].map(([door, count]) => sample({ door }, count));
  return [
    gauge("knockd_leases", "Addresses that a door is open for", byDoor(open)),
    gauge(
      "knockd_failing_leases",
      "Leases whose stop command has failed: the door may still be open",
      byDoor(stuck),
    ),
  ];
}

/** Whoever is of none has no series that says that it is away. */
function fleet({ fleet }: Status): Metric[] {
  if (fleet === undefined) return [];
  const { name, why, owes } = fleet;
  const state = (is: boolean) => [sample({ fleet: name }, is ? 1 : 0)];
  return [
    gauge(
      "knockd_fleet_reachable",
      "Whether the fleet's etcd can be asked",
      state(why === undefined),
    ),
    gauge(
      "knockd_fleet_owes",
      "Whether something was spent here that the fleet is to be told",
      state(owes),
    ),
  ];
}

function reasonLabel(reason: FailedReason): string {
  return reason.replaceAll(" ", "_");
}

function sample(labels: Sample["labels"], value: number): Sample {
  return { labels, value };
}

function counter(name: string, help: string, values: Sample[]): Metric {
  return { name, help, type: "counter", values };
}

function gauge(name: string, help: string, values: Sample[]): Metric {
  return { name, help, type: "gauge", values };
}
