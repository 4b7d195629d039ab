/** What a journal that was just made can't know: what was spent before. */

import { type Door, isOtpDoor, type OtpDoor } from "../../core/door.ts";
import { counterAt } from "../../core/one_time/derive.ts";
import { countingFrom } from "../../core/refusal_words.ts";
import type { Journal } from "../journal/journal.ts";
import { type Series, seriesOf } from "../journal/series.ts";

/** A time-based door whose steps up to the present one count as spent. */
export interface CountingFrom {
  readonly door: string;
  /** When the first step begins that does not, Unix milliseconds. */
  readonly from: number;
}

/** What a new journal means for the doors of a config. */
export interface NewJournal {
  readonly timed: readonly CountingFrom[];
  /** Doors that count, and the clients whose old sequences may be good again. */
  readonly counting: readonly {
    readonly door: string;
    readonly clients: readonly string[];
  }[];
}

/**
 * Spends in a new journal, for the clients that there are, the time steps up to the
 * present one, on disk; undefined where the journal is not new.
 *
 * @param now Unix milliseconds
 */
export function settlePast(
  journal: Pick<Journal, "pastUnknown" | "settlePast">,
  doors: readonly Door[],
  now: number,
): NewJournal | undefined {
  if (!journal.pastUnknown) return undefined;
  const rotating = doors.filter(isOtpDoor).filter(({ key }) => key.clients.length > 0);
  const timed = rotating.filter(({ key }) => key.otp.mode === "totp");
  journal.settlePast(timed.flatMap((door) => presentSteps(door, now)));
  return {
    timed: timed.map(({ name, key }) => {
      const ms = key.otp.period * 1000;
      return { door: name, from: (counterAt(now, ms) + 1) * ms };
    }),
    counting: rotating.filter((door) => !timed.includes(door))
      .map(({ name, key }) => ({
        door: name,
        clients: key.clients.map((client) => client.name),
      })),
  };
}

/** `ssh: new journal: one-time knocks count from 08:00:30, in 13 s`; `now` as above. */
export function countingFromWords({ door, from }: CountingFrom, now: number): string {
  return `${door}: new journal: ${countingFrom(from, now)}`;
}

/** The lines of the log for a new journal. */
export function newJournalLines({ timed, counting }: NewJournal, now: number): string[] {
  return [
    ...timed.map((each) => countingFromWords(each, now)),
    ...counting.map(({ door, clients }) =>
      `${door}: new journal: old sequences of ${clients.join(", ")} may be good again; ` +
      `if anybody may have seen them, enroll ${clients.length === 1 ? "it" : "them"} anew`
    ),
  ];
}

function presentSteps({ label, key: { otp, clients } }: OtpDoor, now: number) {
  const counter = counterAt(now / 1000, otp.period);
  return clients.map((client): { series: Series; counter: number } => ({
    series: seriesOf(label, otp, client),
    counter,
  }));
}
