/**
 * The places that log lines go to.
 *
 * @module
 */
import type { LogRecord } from "@logtape/logtape";
import { LogFile } from "./file.ts";
import { jsonLine, messageText, textLine } from "./line.ts";

/** A place that log lines go to. */
export interface Destination {
  /** Writes a line. Never throws: a log that fails must not end the daemon. */
  write(record: LogRecord): void;
  /** Opens it again, where that means something. */
  reopen?(): void;
  /** Closes it; later lines are ignored. */
  close?(): void;
}

/** The shape of a line. */
export type Format = "text" | "json";

/** A log file, its lines with their time. Throws a Failure when it can't be opened. */
export function fileDestination(
  path: string,
  format: Format,
  report: (message: string) => void,
): Destination {
  const file = new LogFile(path, report);
  const toLine = format === "json" ? jsonLine : textLine;
  return {
    write: (record) => file.write(toLine(record)),
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

/** Standard output or standard error; whoever collects it knows the time. */
export function consoleDestination(
  stream: { writeSync(bytes: Uint8Array): number },
  format: Format,
): Destination {
  const encoder = new TextEncoder();
  const toLine = format === "json" ? jsonLine : messageText;
  return {
    write(record) {
      try {
        stream.writeSync(encoder.encode(`${toLine(record)}\n`));
      } catch {
        // Nobody reads it any more, and there is nowhere left to say so.
      }
    },
  };
}

/** The system's log, under knockd's name and with knockd's priority for what is usual. */
export async function syslogDestination(format: Format): Promise<Destination> {
  const { Priority, Syslog } = await import("../../../ffi/syslog.ts");
  const syslog = new Syslog("knockd");
  const priorities: Partial<Record<LogRecord["level"], number>> = {
    debug: Priority.debug,
    warning: Priority.warning,
    error: Priority.error,
  };
  const toLine = format === "json" ? jsonLine : messageText;
  return {
    write: (record) =>
      syslog.write(priorities[record.level] ?? Priority.notice, toLine(record)),
    close: () => syslog.close(),
  };
}
