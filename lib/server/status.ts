/**
 * What `knockd status` tells: a plain object that goes over the control socket.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { absolutePath } from "../config/instance.ts";
import { VERSION } from "../version.ts";
import type { InterfaceStatus } from "./capture/event.ts";
import type { CountingFrom } from "./knocks/new_journal.ts";
import type { Lease } from "./leases/lease.ts";
import type { PastOpening, Tally } from "./log/tally.ts";

/** The state of a daemon. */
export interface Status {
  readonly version: string;
  readonly pid: number;
  /** Path of the config. */
  readonly config: string;
  /** The interfaces it was told to listen on; empty for the default route's. */
  readonly listenOn: readonly string[];
  /** Seconds since the start. */
  readonly uptime: number;
  /** Seconds until everything is closed unless `knockd confirm` is called. */
  readonly trial?: number;
  readonly interfaces: readonly InterfaceStatus[];
  readonly doors: readonly { readonly name: string; readonly kind: string }[];
  readonly leases: readonly LeaseStatus[];
  /** Time-based doors that open to nobody yet, as the journal is new; missing if none. */
  readonly newJournal?: readonly CountingFrom[];
  /** Openings, refusals and spent counters since the start. */
  readonly opened: number;
  readonly refused: number;
  readonly spent: number;
  /** The last openings, the oldest first. */
  readonly openings: readonly PastOpening[];
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

/** What a status is drawn up from. */
export interface StatusSources {
  readonly config: Config;
  readonly uptime: number;
  readonly trial: number | undefined;
  readonly interfaces: readonly InterfaceStatus[];
  readonly leases: readonly Lease[];
  readonly tally: Tally;
  readonly newJournal: readonly CountingFrom[];
}

/** Draws up the state of a daemon. */
export function statusOf(sources: StatusSources): Status {
  const { config, uptime, trial, interfaces, leases, tally, newJournal } = sources;
  return {
    version: VERSION,
    pid: Deno.pid,
    config: absolutePath(config.path),
    listenOn: config.options.interfaces,
    uptime: Math.round(uptime),
    ...(trial === undefined ? {} : { trial: Math.round(trial) }),
    interfaces,
    doors: config.doors.map(({ name, key }) => ({ name, kind: key.kind })),
    leases: leases.map(leaseStatus),
    ...(newJournal.length === 0 ? {} : { newJournal }),
    ...tally.numbers,
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
