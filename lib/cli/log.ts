/**
 * `knockd log`: who opened which door, and when.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { Failure, UsageError } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import type { Happening, HistoryQuestion } from "../server/history/happening.ts";
import { networkOf } from "./network.ts";
import { print } from "./terminal.ts";
import { ask, daemonCommand, type Where } from "./which_daemon.ts";

/** The subcommand. */
export function logCommand(): Command {
  return daemonCommand("log", "say who opened a door and when, across restarts")
    .argument("[door]", "the door; all of them without it")
    .option("--client <client>", "only what concerns this client")
    .option("--ip <network>", "only what this address did, or a network: 10.0.0.0/8")
    .option("--since <age>", "how far back: 45m, 12h, 2d, or a date as 2026-11-26")
    .option("--json", "print each as a JSON object")
    .addHelpText("after", "\nExample: knockd log ssh --since 2d")
    .action(async (door, { client, ip, since, json, ...where }) => {
      const network = networkOf(ip);
      const wanted: HistoryQuestion = {
        door,
        client,
        ip: network,
        since: since === undefined ? undefined : timeSince(since, Date.now()),
      };
      for (const happening of await happenings(where, wanted)) {
        print(json ? JSON.stringify(happening) : logLine(happening));
      }
    }) as unknown as Command;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The moment that `--since` means, Unix milliseconds; throws a UsageError if none. */
export function timeSince(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * UNITS[unit!]! * 1000;
  const date = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?$/.test(text)
    // A date alone would be taken for one of Greenwich's.
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"))
    : NaN;
  if (!Number.isNaN(date)) return date;
  throw new UsageError(
    `--since ${JSON.stringify(text.slice(0, 40))} is no time`,
    "--since 45m, 12h, 2d, 2026-11-26 or 2026-11-26T08:00",
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
  const date = new Date(time);
  const two = (number: number) => `${number}`.padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())];
  const whose = client === undefined ? "" : ` (${client})`;
  const reason = why === undefined ? "" : `: ${why}`;
  return escapeControls(
    `${day.join("-")} ${date.toTimeString().slice(0, 8)}  ${ip}: ${door}: ` +
      `${WORDS[event] ?? event}${whose}${reason}`,
  );
}

/** From the daemon, or, where none runs, from what it left on disk. */
async function happenings(where: Where, wanted: HistoryQuestion): Promise<Happening[]> {
  try {
    const { door, client, ip, since } = wanted;
    return await ask(where, {
      command: "log",
      ...(door === undefined ? {} : { door }),
      ...(client === undefined ? {} : { client }),
      ...(ip === undefined ? {} : { ip }),
      ...(since === undefined ? {} : { since }),
    }) as Happening[];
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof UsageError) throw error;
    const left = await fromDisk(where, wanted);
    if (left === undefined) throw error;
    return left;
  }
}

const MOST_ROWS = 10_000;

async function fromDisk(
  where: Where,
  wanted: HistoryQuestion,
): Promise<Happening[] | undefined> {
  if (where.control !== undefined) return undefined;
  const { stateDirOf } = await import("./which_daemon.ts");
  const { HistoryFile, historyPath } = await import("../server/history/history_file.ts");
  const stateDir = await stateDirOf(where);
  if (stateDir === undefined) return undefined;
  try {
    Deno.lstatSync(historyPath(stateDir));
  } catch {
    return undefined;
  }
  using file = await HistoryFile.open(historyPath(stateDir));
  return file.newest(wanted, MOST_ROWS);
}
