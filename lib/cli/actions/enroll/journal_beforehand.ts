/**
 * A journal that is there before the first daemon: a client that was just enrolled has used
 * nothing yet, and need not wait until that is certain.
 */

import type { Config } from "../../../config/config.ts";
import { instancePaths, nameOf, settled } from "../../../config/instance.ts";
import type { Door } from "../../../core/door.ts";
import { Failure } from "../../../core/failure.ts";
import { refuseRemains } from "../../../server/journal/database.ts";
import { Journal } from "../../../server/journal/journal.ts";
import { takeOver } from "../../../server/journal/take_over.ts";
import { newJournalLines, settlePast } from "../../../server/knocks/new_journal.ts";
import { syncDirectory } from "../../../files/atomic.ts";
import { mayExist, statOf } from "../../../files/look.ts";
import { directoryOf } from "../../../files/path.ts";
import { explainedLater } from "../../../files/reason.ts";
import { isServiceGroup } from "../../../files/service_ids.ts";
import { printError } from "../../terminal.ts";

export interface Newcomer {
  readonly door: string;
  readonly client: string;
}

/**
 * Makes the journal of a config if there is none; for all clients but the newcomer what they
 * may have used before is spent in it. Where that fails, the daemon does it at its start.
 */
export async function makeJournal(config: Config, newcomer?: Newcomer): Promise<void> {
  const stateDir = await stateDirOf(config);
  if (stateDir === undefined) return;
  await takeOver({ ...config, options: { ...config.options, stateDir } });
  // Whatever hides it hides it from the daemon too, which says so.
  if (mayExist(`${stateDir}/journal.db`)) return;
  try {
    await inPlace(stateDir, async (directory) => {
      using journal = await Journal.open(directory, { pastUnknown: true });
      const now = Date.now();
      const settled = settlePast(journal, without(config.doors, newcomer), now);
      const lines = settled === undefined ? [] : newJournalLines(settled, now);
      for (const line of lines) printError(`knockd: warning: ${line}`);
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Another process may have been faster.
    if (mayExist(`${stateDir}/journal.db`)) return;
    printError(`knockd: warning: no journal was made: ${error.message}`);
  }
}

/**
 * Has a journal made in a directory. Where a service has it that is not root, root makes the
 * journal beside it and gives it away: what root wrote there could be led elsewhere.
 */
async function inPlace(
  stateDir: string,
  make: (directory: string) => Promise<void>,
): Promise<void> {
  const { uid, gid } = statOf(stateDir) ?? { uid: 0, gid: 0 };
  if (Deno.uid() !== 0 || !uid || !gid || !isServiceGroup(gid)) return make(stateDir);
  await explainedLater(stateDir, async () => {
    refuseRemains(`${stateDir}/journal.db`);
    const beside = { dir: directoryOf(stateDir), prefix: ".knockd-" };
    const draft = Deno.makeTempDirSync(beside);
    try {
      await make(draft);
      Deno.chownSync(`${draft}/journal.db`, uid, gid);
      Deno.linkSync(`${draft}/journal.db`, `${stateDir}/journal.db`);
    } finally {
      Deno.removeSync(draft, { recursive: true });
    }
    syncDirectory(stateDir);
  });
}

/** Where the daemon of this config keeps its journal, unless its command line says more. */
async function stateDirOf(config: Config): Promise<string | undefined> {
  const instance = settled({ config: config.path });
  return instancePaths(config.options, instance, await nameOf(instance)).stateDir;
}

function without(doors: readonly Door[], newcomer?: Newcomer): Door[] {
  return doors.map((door) => {
    const { key } = door;
    if (door.name !== newcomer?.door || key.kind !== "otp") return door;
    const others = key.clients.filter(({ name }) => name !== newcomer.client);
    return { ...door, key: { ...key, clients: others } };
  });
}
