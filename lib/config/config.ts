/** What a valid config says, whichever format it was written in. */

import type { Door, Knock } from "../core/door.ts";
import type { FleetSettings } from "./fleet_settings.ts";
import type { IgnoredAdvice } from "./ignored_advice.ts";

/** Where a daemon in the background writes its process id if nothing else is said. */
export const DEFAULT_PID_FILE = "/run/knockd.pid";

/** A port of this machine that others don't reach. */
export interface LoopbackPort {
  /** An address of the loopback interface. */
  readonly hostname: string;
  readonly port: number;
}

/** The daemon's settings. Paths are absolute. */
export interface Options {
  /** Interfaces to listen on; empty for the default route's. */
  readonly interfaces: readonly string[];
  /** File that the log goes to; standard error without one. */
  readonly logFile?: string;
  /** The shape of a line in the log. */
  readonly logFormat: "text" | "json";
  /** How exactly its lines say when they were, if they are text. */
  readonly logTime: "minute" | "iso";
  /** Whether the log goes to syslog too. */
  readonly useSyslog: boolean;
  /**
   * Where the daemon writes its process id, if the config says so. A daemon in the
   * background (`-d`) without a word in the config uses {@linkcode DEFAULT_PID_FILE}.
   */
  readonly pidFile?: string;
  /** Directory of the journal, if the config says so; see instance.ts. */
  readonly stateDir?: string;
  /** Path of the control socket, if the config says so; see instance.ts. */
  readonly control?: string;
  /** Group that may use the control socket besides the owner. */
  readonly controlGroup?: string;
  /** Where the daemon's numbers are had by HTTP; nowhere without a word. */
  readonly metrics?: LoopbackPort;
  /** nftables' table for doors with `open`, in the family inet. */
  readonly table: string;
  /** Days after which a happening is forgotten. */
  readonly historyDays: number;
  /** Happenings that are kept, at most. */
  readonly historyRows: number;
  readonly ignorePorts: readonly Knock[];
}

export interface Config {
  /** The file it was read from. */
  readonly path: string;
  /** Which of the two formats the file has. */
  readonly format: "toml" | "classic";
  readonly options: Options;
  /** The fleet that this machine is of, if it is of one. */
  readonly fleet?: FleetSettings;
  /** The doors, in the order of the file (in TOML, those named by a number first). */
  readonly doors: readonly Door[];
  /** What is not to be said of them. */
  readonly ignoredAdvice?: IgnoredAdvice;
}
