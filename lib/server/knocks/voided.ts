/**
 * Sequences that arrived complete and open nothing by a rule. Of one that works once, who
 * saw it knows it whole: it is spent, unless so much else came amid it that it was a scan.
 */

import { BoundedMap } from "../../core/bounded_map.ts";
import { MOST_OTHERS } from "../../core/matcher/rules/judge.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import type { Report } from "../log/report.ts";
import { orTrouble } from "../log/trouble.ts";
import type { ListedSequences } from "./listed_sequences.ts";
import type { Rotation } from "./rotation/rotation.ts";

/** A scan completes many sequences; one line says it, in so many milliseconds. */
const LINE_MS = 60_000;
/** Scans that are told apart. */
const MOST_SCANS = 1024;

/** How a sequence came. */
export interface Circumstances {
  readonly ip: string;
  /** The source's other hits between its first and its last, repeats included. */
  readonly others: number;
}

/** What became of a sequence. */
export type Voiding =
  | "spent"
  /** It was worth nothing any more, or is worth as much as before. */
  | "kept"
  /** A scan hit its ports, which is to be said. */
  | "scan"
  /** A scan that was said already did. */
  | "known scan";

/** Who knows what is spent, and who hears of trouble with it. */
export interface VoidedOptions {
  readonly listed: Pick<ListedSequences, "use">;
  readonly rotation: Pick<Rotation, "void">;
  readonly report: Pick<Report, "trouble">;
}

/** What is done about sequences that were complete and opened nothing. */
export class Voided {
  readonly #options: VoidedOptions;
  readonly #scans = new BoundedMap<string, number>(MOST_SCANS);

  constructor(options: VoidedOptions) {
    this.#options = options;
  }

  /** Spends what has to be; `time` is that of the last hit, Unix milliseconds. */
  judge(sequence: LiveSequence, time: number, { ip, others }: Circumstances): Voiding {
    const { door } = sequence;
    if (door.key.kind === "static") return "kept";
    if (others > MOST_OTHERS) {
      return this.#isNews(`${ip} ${door.name}`, time) ? "scan" : "known scan";
    }
    return this.#spend(sequence, time) ? "spent" : "kept";
  }

  #spend(sequence: LiveSequence, time: number): boolean {
    const { listed, rotation, report } = this.#options;
    return orTrouble(report, () => {
      if (sequence.door.key.kind === "otp") return rotation.void(sequence, time);
      listed.use(sequence);
      return true;
    }) ?? false;
  }

  #isNews(scan: string, time: number): boolean {
    const before = this.#scans.get(scan);
    if (before !== undefined && Math.abs(time - before) < LINE_MS) return false;
    this.#scans.set(scan, time);
    return true;
  }
}
