/** What `knockd status` tells: a plain object that goes over the control socket. */

import type { Config } from "../config/config.ts";
import type { Client, Door } from "../core/door.ts";
import { absolutePath } from "../files/path.ts";
import { VERSION } from "../version.ts";
import type { InterfaceStatus } from "./capture/event.ts";
import type { FleetStanding } from "./fleet/fleet.ts";
import type { CountingFrom } from "./knocks/new_journal.ts";
import type { Lease } from "./leases/lease.ts";
import { clientKey } from "./history/history.ts";
import type { Happening } from "./history/happening.ts";
import type { DoorDurations } from "./log/durations.ts";
import type { DoorNumbers } from "./log/door_counts.ts";
import type { PastFailure } from "./log/failed_knock.ts";
import type { ClientClock, PastOpening, Tally } from "./log/tally.ts";

export interface Status {
  readonly version: string;
  readonly pid: number;
  readonly config: string;
  /** The interfaces it was told to listen on; empty for the default route's. */
  readonly listenOn: readonly string[];
  /** Seconds since the start. */
  readonly uptime: number;
  /** Seconds until everything is closed unless `knockd confirm` is called. */
  readonly trial?: number;
  readonly interfaces: readonly InterfaceStatus[];
  readonly doors: readonly DoorStatus[];
  /** Clients of rotating doors, those who opened last first; the first thousand. */
  readonly clients: readonly ClientStatus[];
  readonly leases: readonly LeaseStatus[];
  /** Time-based doors that open to nobody yet, as the journal is new; missing if none. */
  readonly newJournal?: readonly CountingFrom[];
  /** The fleet that it is of; missing if of none. */
  readonly fleet?: FleetStanding;
  /** Openings, refusals and spent counters since the start. */
  readonly opened: number;
  readonly refused: number;
  readonly spent: number;
  /** The last openings, the oldest first. */
  readonly openings: readonly PastOpening[];
  /** The last knocks that opened nothing, and why; the oldest first. */
  readonly failures: readonly PastFailure[];
  /** How long the commands of each door took. */
  readonly commands: readonly DoorDurations[];
  /** How far clients' clocks are ahead, where their openings show it. */
  readonly clocks: readonly ClientClock[];
}

/** A door, and what came of the knocks at it since the start. */
export interface DoorStatus extends DoorNumbers {
  readonly name: string;
  readonly kind: string;
  /** How many clients it has, if it rotates. */
  readonly clients?: number;
}

/** A client of a rotating door, and its last opening as far as the history goes. */
export interface ClientStatus {
  readonly door: string;
  readonly client: string;
  readonly last?: { readonly time: number; readonly ip: string };
}

/** A door that is not known to be closed. */
export interface LeaseStatus {
  readonly door: string;
  readonly ip: string;
  readonly client?: string;
  readonly stage: Lease["stage"];
  /** When it was opened, Unix milliseconds. */
  readonly openedAt: number;
  /** Seconds until it closes. */
  readonly left: number;
  /** How often its stop command has failed. */
  readonly failures: number;
  /** How its start command ended, if it failed. */
  readonly failed?: string;
}

/** The last opening of each client, by `clientKey`. */
export type LastOpenings = ReadonlyMap<string, Happening>;

/** What a status is drawn up from. */
export interface StatusSources {
  readonly config: Config;
  readonly uptime: number;
  readonly trial: number | undefined;
  readonly interfaces: readonly InterfaceStatus[];
  readonly leases: readonly Lease[];
  readonly tally: Tally;
  readonly newJournal: readonly CountingFrom[];
  readonly fleet: FleetStanding | undefined;
}

const MOST_CLIENTS = 1000;

/** Draws up the state of a daemon. */
export function statusOf(sources: StatusSources, lastOpenings: LastOpenings): Status {
  const { config, uptime, trial, interfaces, leases, tally } = sources;
  const { newJournal, fleet } = sources;
  return {
    version: VERSION,
    pid: Deno.pid,
    config: absolutePath(config.path),
    listenOn: config.options.interfaces,
    uptime: Math.round(uptime),
    ...(trial === undefined ? {} : { trial: Math.round(trial) }),
    interfaces,
    doors: config.doors.map((door) => doorStatus(door, tally)),
    clients: clientsOf(config.doors, lastOpenings),
    leases: withClients(leases.map(leaseStatus), config.doors, lastOpenings),
    ...(newJournal.length === 0 ? {} : { newJournal }),
    ...(fleet === undefined ? {} : { fleet }),
    ...tally.numbers,
    commands: tally.commands.list(),
    clocks: [...tally.clocks.values()],
  };
}

function doorStatus({ name, key }: Door, tally: Tally): DoorStatus {
  const clients = key.kind === "otp" ? { clients: key.clients.length } : {};
  return { name, kind: key.kind, ...clients, ...tally.ofDoor(name) };
}

function clientsOf(doors: readonly Door[], lastOpenings: LastOpenings): ClientStatus[] {
  const all = doors.flatMap(({ name, key }) =>
    key.kind === "otp"
      ? key.clients.map((client) => clientStatus(name, client, lastOpenings))
      : []
  );
  const newest = (a: ClientStatus, b: ClientStatus) =>
    (b.last?.time ?? 0) - (a.last?.time ?? 0);
  return all.sort(newest).slice(0, MOST_CLIENTS);
}

function clientStatus(
  door: string,
  { name }: Client,
  lastOpenings: LastOpenings,
): ClientStatus {
  const last = lastOpenings.get(clientKey(door, name));
  return {
    ...{ door, client: name },
    ...(last === undefined ? {} : { last: { time: last.time, ip: last.ip } }),
  };
}

function leaseStatus(lease: Lease): LeaseStatus {
  const { door, ip, stage, left, failures, failed } = lease;
  const { client, openedAt } = lease.promised;
  return {
    door,
    ip,
    ...(client === undefined ? {} : { client }),
    stage,
    openedAt,
    left: Math.round(left / 1000),
    failures,
    ...(failed === undefined ? {} : { failed }),
  };
}

/**
 * Names who opened what the kernel has kept open since an earlier daemon: it knows addresses
 * alone, and the history has whose secret it was.
 */
function withClients(
  leases: readonly LeaseStatus[],
  doors: readonly Door[],
  lastOpenings: LastOpenings,
): LeaseStatus[] {
  if (leases.every(({ client }) => client !== undefined)) return [...leases];
  const spans = new Map(doors.map(({ name, cmdTimeout }) => [name, cmdTimeout * 1000]));
  const newest = new Map<string, Happening>();
  for (const opening of lastOpenings.values()) {
    const place = `${opening.door} ${opening.ip}`;
    if (opening.time > (newest.get(place)?.time ?? 0)) newest.set(place, opening);
  }
  return leases.map((lease) => {
    const { client, time } = newest.get(`${lease.door} ${lease.ip}`) ?? {};
    if (lease.client !== undefined || client === undefined) return lease;
    const since = lease.openedAt - (spans.get(lease.door) ?? 0);
    return time! > since ? { ...lease, client } : lease;
  });
}
