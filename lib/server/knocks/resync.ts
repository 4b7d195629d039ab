/**
 * A client whose spent step lies in the future, let in again: both clocks were ahead once.
 */

import type { Door } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { counterAt } from "../../core/one_time/derive.ts";
import type { Journal } from "../journal/journal.ts";
import { seriesOf } from "../journal/series.ts";

export interface ClientOfDoor {
  readonly door: string;
  readonly client: string;
}

/**
 * Lets the steps after the present one count again. Those of the future that were spent
 * stay spent, one by one, so that nobody who saw one of them can use it when it comes.
 *
 * @param now Unix milliseconds, by a clock that is right
 * @returns when the step that was spent last begins, Unix milliseconds; undefined where
 * that is not in the future, and nothing was to be done
 * @throws {Failure} where none of the steps that come next is known to be unused
 */
export function resync(
  journal: Pick<Journal, "highest" | "resync" | "usedFrom">,
  doors: readonly Door[],
  { door: name, client: who }: ClientOfDoor,
  now: number,
): number | undefined {
  const { label, otp, client } = findClient(doors, name, who);
  if (otp.mode === "hotp") {
    throw new Failure(
      `the door ${name} goes by a counter, not by the clock`,
      `raise look_ahead, or enroll ${who} anew`,
    );
  }
  const series = seriesOf(label, otp, client);
  const present = counterAt(now / 1000, otp.period);
  const highest = journal.highest(series);
  if (highest === undefined || highest <= present + otp.window) return undefined;
  // A journal that was made while the clock was ahead knows of none that was not.
  const used = journal.usedFrom(series, present + 1) ?? present;
  if (used > present + otp.window) {
    const until = new Date((used + 1) * otp.period * 1000).toISOString();
    throw new Failure(
      `every step of ${who} until ${until} counts as used, and stays so`,
      `wait until then, or: knockd enroll ${name} ${who} --host HOST --rotate`,
    );
  }
  journal.resync(series, present);
  return highest * otp.period * 1000;
}

function findClient(doors: readonly Door[], name: string, who: string) {
  const door = doors.find((each) => each.name === name);
  if (door === undefined) {
    throw new Failure(`there is no door ${name}`, "knockd status lists the doors");
  }
  const { key, label, fleet } = door;
  if (fleet !== undefined) {
    throw new Failure(
      `the door ${name} is a fleet's, which forgets nothing that was used`,
      `knockd revoke ${name} ${who}, then knockd enroll ${name} ${who}`,
    );
  }
  if (key.kind !== "otp") throw new Failure(`the door ${name} is no rotating door`);
  const client = key.clients.find((each) => each.name === who);
  if (client !== undefined) return { label, otp: key.otp, client };
  const names = key.clients.map((each) => each.name).join(", ");
  throw new Failure(
    `the door ${name} has no client ${who}`,
    names === "" ? "knockd enroll makes one" : `it has ${names}`,
  );
}
