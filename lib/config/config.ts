/**
 * What a valid config says, whichever format it was written in.
 *
 * @module
 */
import type { Door, Knock } from "../core/door.ts";

/** The daemon's settings. */
export interface Options {
  /** Interfaces to listen on; empty for the default route's. */
  readonly interfaces: readonly string[];
  /** File that the log goes to; standard error without one. */
  readonly logFile?: string;
  /** The shape of a line in the log. */
  readonly logFormat: "text" | "json";
  /** Whether the log goes to syslog too. */
  readonly useSyslog: boolean;
  /** Where the daemon writes its process id. */
  readonly pidFile?: string;
  /** Directory of the journal. */
  readonly stateDir: string;
  /** Path of the control socket. */
  readonly control: string;
  /** Ports whose packets never count. */
  readonly ignorePorts: readonly Knock[];
}

/** A valid config. */
export interface Config {
  /** The file it was read from. */
  readonly path: string;
  /** Which of the two formats the file has. */
  readonly format: "toml" | "classic";
  /** The daemon's settings. */
  readonly options: Options;
  /** The doors, in the order of the file. */
  readonly doors: readonly Door[];
}

/** Something wrong with a config, and where. */
export interface Problem {
  /** Whether it keeps the config from being used. */
  readonly severity: "error" | "warning";
  /** File it is in. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** What is wrong: `doors.ssh.sequence[2]: port 70000 is above 65535`. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}
