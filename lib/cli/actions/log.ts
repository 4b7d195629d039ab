/** `knockd log`: who opened which door, and when. */

import { defined } from "../../core/defined.ts";
import { didYouMean } from "../../config/clients/enrollable_door.ts";
import { loadConfig } from "../../config/load.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import {
  type Happening,
  type HistoryQuestion,
  MOST_HAPPENINGS,
} from "../../server/history/happening.ts";
import { networkOf } from "./network.ts";
import { logLine, ofWhat, readOn, timeOf } from "./status/happening_words.ts";
import type { Where } from "../daemon_command.ts";
import { print, printError } from "../terminal.ts";
import { ask, configOf, stateDirOf } from "./which_daemon.ts";
import { statOf } from "../../files/look.ts";

interface LogOptions extends Where {
  readonly client?: string | undefined;
  readonly ip?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly json?: true | undefined;
}

/** Prints what is on record, the oldest first. */
export async function log(
  door: string | undefined,
  { client, ip, since, until, json, ...where }: LogOptions,
): Promise<void> {
  const wanted: HistoryQuestion = {
    door,
    client,
    ip: networkOf(ip),
    since: since === undefined ? undefined : timeOf("--since", since, Date.now()),
    until: until === undefined ? undefined : timeOf("--until", until, Date.now()),
  };
  inOrder(wanted);
  const { found, from } = await happenings(where, wanted);
  for (const happening of found) {
    print(json ? JSON.stringify(happening) : logLine(happening));
  }
  if (found.length >= MOST_HAPPENINGS) printError(readOn(found));
  // Not among what a program reads.
  if (found.length === 0) {
    printError(`knockd: nothing is on record${ofWhat(wanted)}, says ${from}`);
    if (door !== undefined) await sayUnknownDoor(door, where);
  }
}

/** A door that is gone may be on record; one that never was, and has nothing, is mistyped. */
async function sayUnknownDoor(door: string, where: Where): Promise<void> {
  const names = (await loadConfig(await configOf(where))).config?.doors
    .map(({ name }) => name);
  if (names === undefined || names.includes(door)) return;
  const meant = didYouMean(door, names);
  printError(`knockd: hint: there is no such door${meant ? `; ${meant}` : ""}`);
}

function inOrder({ since = -Infinity, until = Infinity }: HistoryQuestion): void {
  if (since < until) return;
  throw new UsageError(
    "--until is not after --since: nothing can lie between them",
    "--since 2d --until 1d",
  );
}

/** What is on record, and who says so. */
interface Told {
  readonly found: readonly Happening[];
  readonly from: string;
}

/** From the daemon, or, where none runs, from what it left on disk. */
async function happenings(where: Where, wanted: HistoryQuestion): Promise<Told> {
  try {
    const found = await ask(where, { command: "log", ...defined(wanted) });
    return { found: found as Happening[], from: "the daemon that runs" };
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
  const { HistoryFile, historyPath } = await import(
    "../../server/history/history_file.ts"
  );
  const stateDir = await stateDirOf(where);
  if (stateDir === undefined) return undefined;
  const path = historyPath(stateDir);
  // Of none, a full disk may have left an empty file.
  if (!statOf(path)?.size) return undefined;
  return {
    found: await HistoryFile.read(path, wanted, MOST_HAPPENINGS),
    from: `${path} (no daemon answers)`,
  };
}
