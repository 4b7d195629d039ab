/** The daemon's log: knockd's lines or JSON, to a file, syslog and the console. */

import { configureSync, getLogger, type Logger, type LogRecord } from "@logtape/logtape";
import { takesBytes } from "../../../ffi/takes_bytes.ts";
import {
  consoleDestination,
  type Destination,
  fileDestination,
  type Format,
  syslogDestination,
  untilItOpens,
  writeTo,
} from "./destination.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import { exists } from "../../files/look.ts";
import { intoOutput } from "./into_output.ts";
import { LaterLines } from "./later_lines.ts";
import { LineLimit } from "./line_limit.ts";
import type { LogTime } from "./line.ts";
import { type LogOutput, STANDARD_ERROR } from "./standard_output.ts";
import { Reopening } from "./reopening.ts";
import { UnreadOutput } from "./unread_output.ts";
import { Watchers } from "./watchers.ts";
import { isCollected, JOURNAL_STREAM, priorityPrefix } from "./service_journal.ts";
import type { System } from "../system.ts";

export type { Logger } from "@logtape/logtape";

/** Where the log goes, and how it looks. */
export interface LogOptions {
  /** File that lines are appended to. */
  readonly file?: string;
  readonly format: Format;
  /** How exactly a line of text in the file says when it was. */
  readonly time?: LogTime;
  /** Whether lines go to syslog too. */
  readonly syslog: boolean;
  /** Whether lines go to standard output too. */
  readonly verbose: boolean;
  /** Whether debug lines are logged, and all of them go to standard output too. */
  readonly debug: boolean;
}

export interface LogHandle {
  /**
   * What the daemon says goes here: the message with its values by name, one of them
   * `event`, the kind of line that it is.
   */
  readonly logger: Logger;
  readonly watchers: Watchers;
  /** Whether somebody wants to hear of every hit: who debugs, or watches just now. */
  readonly tellsHits: boolean;
  /** Whether who looks at the program's output, or where that is collected, sees the lines. */
  readonly isSeen: boolean;
  /** Closes and opens the log file, for logrotate. */
  reopen(): void;
  /** Writes what is pending and closes everything. */
  close(): void;
}

/**
 * Who came in is always logged, and that a door closed: a door opens 100 times a second at
 * most. How often a stage is said is limited before the line is made.
 */
const NEVER_SUPPRESSED: readonly unknown[] = ["open", "close", "stage"];

/**
 * Opens the log; lines go to standard error when nothing else takes them, and those for a
 * file that can't be opened, which is said.
 */
export async function openLog(said: LogOptions, system: System): Promise<LogHandle> {
  const { options, output, toError, lost } = intoOutput(said);
  const { format, verbose, debug } = options;
  const emergency = consoleOf(STANDARD_ERROR, format, system);
  const destinations: Destination[] = [];
  const watchers = new Watchers();
  const writeAll = (records: readonly LogRecord[]) => {
    // What is for debugging is for watchers, too.
    const said = debug ? records : records.filter(({ level }) => level !== "debug");
    for (const destination of destinations) writeTo(destination, said);
    for (const record of records) watchers.tell(record);
  };
  const trouble = (message: string) => {
    const record = ownRecord(system, "error", message);
    if (destinations.length === 1) emergency.write(record);
    writeAll([record]);
  };
  const standIn = standInOf(options);
  const meanwhile = standIn === "standard error" ? emergency : SILENCE;
  const { file, missing } = openFile(options, meanwhile, trouble);
  destinations.push(...file, ...await besideFile(options, output, system));
  const isTwice = options.syslog && isCollected(2);
  const isSyslogAlone = options.syslog && destinations.length === 1;
  const isLost = isSyslogAlone && !isTwice && !hasSyslog();
  if (destinations.length === 0 || toError && !isTwice || isLost) {
    destinations.push(emergency);
  }
  if (isLost) {
    const message = `there is no ${SYSLOG}, so no syslog; logging to standard error, too`;
    writeAll([ownRecord(system, "warning", message)]);
  }
  if (missing !== undefined) {
    const message = `${missing}; logging to ${standIn}`;
    writeAll([ownRecord(system, "warning", message)]);
  }
  if (lost !== undefined) {
    const message = `${lost} can't be written to in the background: leave out -d`;
    emergency.write(ownRecord(system, "warning", message));
  }
  const later = new LaterLines(writeAll);
  const reopening = new Reopening(destinations, system);
  const limited = limitRate(later.add, system);
  return {
    watchers,
    isSeen: missing !== undefined || destinations.includes(emergency) || verbose ||
      debug || (options.syslog && Deno.env.has(JOURNAL_STREAM)),
    logger: configure(limited.write, emergency),
    get tellsHits() {
      return debug || watchers.any;
    },
    reopen() {
      later.flush();
      reopening.begin();
    },
    close() {
      reopening.stop();
      limited.flush();
      later.flush();
      watchers.close();
      for (const destination of [...destinations, emergency]) destination.close?.();
    },
  };
}

/** The file, if there is to be one, or what stands in for it until it opens, and why. */
function openFile(
  { file, format, time = "minute" }: LogOptions,
  meanwhile: Destination,
  trouble: (message: string) => void,
): { file: Destination[]; missing?: string } {
  if (file === undefined) return { file: [] };
  const open = () => fileDestination(file, { format, time }, trouble);
  const opened = orFailure(open);
  if (!(opened instanceof Failure)) return { file: [opened] };
  return { file: [untilItOpens(open, meanwhile)], missing: opened.message };
}

/** Where programs on Linux reach it (syslog(3)). */
const SYSLOG = "/dev/log";

/** Many containers have none, and nobody would see a line. */
function hasSyslog(): boolean {
  return Deno.build.os !== "linux" || exists(SYSLOG);
}

const SILENCE: Destination = { write: () => {} };

/** Who has the lines of a file that can't be opened: none is to be anywhere twice. */
function standInOf({ syslog, verbose, debug }: LogOptions): string {
  // The journal that collects standard error has syslog's lines, too.
  if (syslog && isCollected(2)) return "syslog";
  return verbose || debug ? "standard output" : "standard error";
}

/** Where lines go besides. The journal has syslog's, too: none is to be in it twice. */
async function besideFile(
  { format, syslog, verbose, debug }: LogOptions,
  output: LogOutput,
  system: System,
): Promise<Destination[]> {
  const isTwice = syslog && isCollected(output.fd);
  return [
    ...syslog ? [await syslogDestination(format, system)] : [],
    ...(verbose || debug) && !isTwice ? [consoleOf(output, format, system)] : [],
  ];
}

/** Standard output or error, in the words of whoever collects it. */
function consoleOf(output: LogOutput, format: Format, system: System): Destination {
  const { fd } = output;
  const stream = new UnreadOutput(output, () => takesBytes(fd), system);
  return consoleDestination(stream, format, isCollected(fd) ? priorityPrefix : undefined);
}

/** LogTape's own trouble, a sink that threw, goes where it can be seen. */
function configure(write: (record: LogRecord) => void, emergency: Destination): Logger {
  configureSync({
    reset: true,
    sinks: { log: write, emergency: emergency.write },
    loggers: [
      { category: ["knockd"], sinks: ["log"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: ["emergency"], lowestLevel: "error" },
    ],
  });
  return getLogger(["knockd"]);
}

/** Takes what nobody is to hear. */
export function silentLogger(): Logger {
  return getLogger(["silence"]);
}

/** Leaves out what is too much, and says so once its second is over. */
function limitRate(write: (record: LogRecord) => void, system: System) {
  const limit = new LineLimit(system, (kind, count) => {
    write(ownRecord(system, "warning", `${kind}: … ${count} more suppressed`));
  });
  return {
    write(record: LogRecord) {
      const { event } = record.properties;
      const isSaid = NEVER_SUPPRESSED.includes(event) ||
        limit.admits(String(event ?? record.level));
      if (isSaid) write(record);
    },
    flush: limit.flush,
  };
}

/** A line about the log itself. */
function ownRecord(
  system: System,
  level: "warning" | "error",
  message: string,
): LogRecord {
  return {
    category: ["knockd"],
    level,
    message: [message],
    rawMessage: message,
    timestamp: system.now(),
    properties: { event: "log" },
  };
}
