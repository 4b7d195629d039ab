/**
 * `knockd log`: who opened which door, and when.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { Failure, UsageError } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import {
  type Happening,
  type HistoryQuestion,
  MOST_HAPPENINGS,
} from "../server/history/happening.ts";
import { networkOf } from "./network.ts";
import { print, printError } from "./terminal.ts";
import { ask, daemonCommand, type Where } from "./which_daemon.ts";

/** The subcommand. */
export function logCommand(): Command {
  return daemonCommand("log", "say who opened a door and when, across restarts")
    .argument("[door]", "the door; all of them without it")
    .option("--client <client>", "only what concerns this client")
    .option("--ip <network>", "only what this address did, or a network: 10.0.0.0/8")
    .option("--since <age>", "how far back: 45m, 12h, 2d, or a date as 2026-11-26")
    .option("--until <time>", "and up to when, which is no more in it")
    .option("--json", "print each as a JSON object")
    .addHelpText("after", "\nExample: knockd log ssh --since 2d")
    .action(async (door, { client, ip, since, until, json, ...where }) => {
      const network = networkOf(ip);
      const wanted: HistoryQuestion = {
        door,
        client,
        ip: network,
        since: since === undefined ? undefined : timeOf("--since", since, Date.now()),
        until: until === undefined ? undefined : timeOf("--until", until, Date.now()),
      };
      const { found, from } = await happenings(where, wanted);
      for (const happening of found) {
        print(json ? JSON.stringify(happening) : logLine(happening));
      }
      if (found.length >= MOST_HAPPENINGS) printError(readOn(found));
      // Not among what a program reads.
      if (found.length === 0) {
        printError(`knockd: nothing is on record${ofWhat(wanted)}, says ${from}`);
      }
    }) as unknown as Command;
}

/** How to read on, where there may be more than one answer holds. */
export function readOn([oldest, ...newer]: readonly Happening[]): string {
  const second = Math.ceil(oldest!.time / 1000) * 1000;
  return `knockd: these are the newest ${newer.length + 1}; for what was before: ` +
    `--until ${timeText(second).replace(" ", "T")}`;
}

/** What was asked for, so that a mistyped name is seen. */
function ofWhat({ door, client, ip, since, until }: HistoryQuestion): string {
  const parts = [
    door === undefined ? "" : ` of the door ${door}`,
    client === undefined ? "" : ` of the client ${client}`,
    ip === undefined ? "" : ` of ${ip}`,
    since === undefined ? "" : ` since ${timeText(since)}`,
    until === undefined ? "" : ` until ${timeText(until)}`,
  ];
  return escapeControls(parts.join(""));
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The moment that an option's text means, Unix milliseconds; a UsageError if none. */
export function timeOf(option: string, text: string, now: number): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * UNITS[unit!]! * 1000;
  const date = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?$/.test(text)
    // A date alone would be taken for one of Greenwich's.
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"))
    : NaN;
  if (!Number.isNaN(date)) return date;
  throw new UsageError(
    `${option} ${JSON.stringify(text.slice(0, 40))} is no time`,
    `${option} 45m, 12h, 2d, 2026-11-26 or 2026-11-26T08:00`,
  );
}

const WORDS: Readonly<Record<string, string>> = {
  open: "opened",
  extend: "kept open",
  close: "closed",
  refused: "refused",
};

/** A happening as a line, in the local clock, as the log has it. */
export function logLine({ time, event, door, ip, client, why }: Happening): string {
  const whose = client === undefined ? "" : ` (${client})`;
  const reason = why === undefined ? "" : `: ${why}`;
  return escapeControls(
    `${timeText(time)}  ${ip}: ${door}: ` +
      `${WORDS[event] ?? event}${whose}${reason}`,
  );
}

function timeText(time: number): string {
  const date = new Date(time);
  const two = (number: number) => `${number}`.padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())];
  return `${day.join("-")} ${date.toTimeString().slice(0, 8)}`;
}

/** What is on record, and who says so. */
interface Told {
  readonly found: readonly Happening[];
  readonly from: string;
}

/** From the daemon, or, where none runs, from what it left on disk. */
async function happenings(where: Where, wanted: HistoryQuestion): Promise<Told> {
  try {
    const { door, client, ip, since, until } = wanted;
    const found = await ask(where, {
      command: "log",
      ...(door === undefined ? {} : { door }),
      ...(client === undefined ? {} : { client }),
      ...(ip === undefined ? {} : { ip }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    }) as Happening[];
    return { found, from: "the daemon that runs" };
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof UsageError) throw error;
    const left = await fromDisk(where, wanted);
    if (left === undefined) throw error;
    return left;
  }
}

async function fromDisk(
  where: Where,
  wanted: HistoryQuestion,
): Promise<Told | undefined> {
  if (where.control !== undefined) return undefined;
  const { stateDirOf } = await import("./which_daemon.ts");
  const { HistoryFile, historyPath } = await import("../server/history/history_file.ts");
  const stateDir = await stateDirOf(where);
  if (stateDir === undefined) return undefined;
  const path = historyPath(stateDir);
  try {
    Deno.lstatSync(path);
  } catch {
    return undefined;
  }
  using file = await HistoryFile.open(path);
  return {
    found: file.newest(wanted, MOST_HAPPENINGS),
    from: `${path} (no daemon answers)`,
  };
}
