/** The places that log lines go to. */

import type { LogRecord } from "@logtape/logtape";
import type { SystemLog } from "../../../ffi/syslog.ts";
import type { System } from "../system.ts";
import { Backlog, lossWords } from "./backlog.ts";
import { LogFile } from "./file.ts";
import { jsonLine, type LogTime, messageText, textLine } from "./line.ts";

/** A place that log lines go to. */
export interface Destination {
  /** Writes a line. Never throws: a log that fails must not end the daemon. */
  write(record: LogRecord): void;
  /** Writes lines, where many at once are less work than one by one. */
  writeAll?(records: readonly LogRecord[]): void;
  /** Opens it again, where that means something; false if that has to be tried again. */
  reopen?(): boolean;
  /** Closes it; later lines are ignored. */
  close?(): void;
}

export type Format = "text" | "json";

/** What a file of lines looks like. */
export interface FileFormat {
  readonly format: Format;
  readonly time: LogTime;
}

/** Lines in one write. */
const AT_ONCE = 256;

/** Writes lines in their order. */
export function writeTo(destination: Destination, records: readonly LogRecord[]): void {
  if (destination.writeAll !== undefined) return destination.writeAll(records);
  for (const record of records) destination.write(record);
}

/** A log file, its lines with their time. Throws a Failure when it can't be opened. */
export function fileDestination(
  path: string,
  { format, time }: FileFormat,
  report: (message: string) => void,
): Destination {
  const file = new LogFile(path, report);
  const toLine = (record: LogRecord) =>
    format === "json" ? jsonLine(record) : textLine(record, time);
  return {
    write: (record) => file.write(toLine(record)),
    writeAll(records) {
      for (let i = 0; i < records.length; i += AT_ONCE) {
        file.write(...records.slice(i, i + AT_ONCE).map(toLine));
      }
    },
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

/**
 * Takes the place of a file that can't be opened, as knockd 0.8 goes on without it, until
 * it can: each reopening tries again.
 */
export function untilItOpens(
  open: () => Destination,
  meanwhile: Destination,
): Destination {
  let current = meanwhile;
  return {
    write: (record) => current.write(record),
    writeAll: (records) => writeTo(current, records),
    reopen() {
      if (current !== meanwhile) return current.reopen?.() ?? true;
      try {
        current = open();
      } catch {
        // It was said at the start, and nothing has changed: the next reload tries again.
      }
      return true;
    },
    close: () => current.close?.(),
  };
}

/**
 * Standard output or standard error; whoever collects it knows the time.
 *
 * @param prefix what a line begins with
 */
export function consoleDestination(
  stream: { writeSync(bytes: Uint8Array): number; close?(): void },
  format: Format,
  prefix: (record: LogRecord) => string = () => "",
): Destination {
  const encoder = new TextEncoder();
  const toLine = format === "json" ? jsonLine : messageText;
  return {
    write(record) {
      try {
        stream.writeSync(encoder.encode(`${prefix(record)}${toLine(record)}\n`));
      } catch {
        // Nobody reads it any more, and there is nowhere left to say so.
      }
    },
    close: () => stream.close?.(),
  };
}

/** The system's log, under knockd's name and with knockd's priority for what is usual. */
export async function syslogDestination(
  format: Format,
  system: Pick<System, "schedule">,
  open?: () => SystemLog,
): Promise<Destination> {
  const { openSystemLog, Priority } = await import("../../../ffi/syslog.ts");
  const syslog = open?.() ?? openSystemLog("knockd");
  const priorities: Partial<Record<LogRecord["level"], number>> = {
    debug: Priority.debug,
    warning: Priority.warning,
    error: Priority.error,
  };
  const toLine = format === "json" ? jsonLine : messageText;
  const backlog = new Backlog<readonly [number, string]>({
    take: (line) => syslog.write(...line) ? undefined : line,
    loss: (count) => [Priority.warning, lossWords(count)],
  }, system);
  return {
    write(record) {
      backlog.add([priorities[record.level] ?? Priority.notice, toLine(record)]);
    },
    close() {
      backlog.close();
      syslog[Symbol.dispose]();
    },
  };
}
