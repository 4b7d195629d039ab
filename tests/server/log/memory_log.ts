/**
 * A log that keeps its lines for the test.
 *
 * @module
 */
import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import type { Logger } from "../../../lib/server/log/log.ts";
import { messageText } from "../../../lib/server/log/line.ts";

/** What was logged. */
export interface MemoryLog {
  readonly logger: Logger;
  readonly records: LogRecord[];
  /** The messages, as the log would show them. */
  readonly lines: string[];
}

/** Opens a log in memory; the one before gets nothing any more. */
export function memoryLog(lowestLevel: "debug" | "info" = "info"): MemoryLog {
  const records: LogRecord[] = [];
  const lines: string[] = [];
  const keep = (record: LogRecord) => {
    records.push(record);
    lines.push(messageText(record));
  };
  configureSync({
    reset: true,
    sinks: { keep },
    loggers: [
      { category: ["knockd"], sinks: ["keep"], lowestLevel },
      { category: ["logtape", "meta"], sinks: ["keep"], lowestLevel: "error" },
    ],
  });
  return { logger: getLogger(["knockd"]), records, lines };
}
