/**
 * Keeps the matcher's live sequences in step with what opens the doors.
 *
 * @module
 */
import { markUsed, readNextSequence } from "../../files/sequence_file.ts";
import { type SequenceEntry } from "../../files/sequence_lines.ts";
import type { Door, FileKey } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { RefusedKnock } from "../../core/refused_knock.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import type { Matcher } from "../../core/matcher/matcher.ts";
import type { Report } from "../log/report.ts";

/** The live sequences of all doors. */
export class Keys {
  readonly #matcher: Matcher;
  readonly #report: Report;
  readonly #entries = new Map<LiveSequence, SequenceEntry>();

  constructor(doors: readonly Door[], matcher: Matcher, report: Report) {
    this.#matcher = matcher;
    this.#report = report;
    for (const door of doors) {
      const { key } = door;
      if (key.kind === "static") {
        matcher.add({ door, knocks: key.sequence, ordered: true });
      } else if (key.kind === "file") this.#addNext(door, key);
    }
  }

  /** Uses a completed sequence up, on disk, where it works only once. */
  use(sequence: LiveSequence): void {
    const { key } = sequence.door;
    if (key.kind !== "file") return;
    const entry = this.#entries.get(sequence);
    if (entry === undefined) throw new RefusedKnock({ kind: "used" });
    markUsed(key.path, entry);
    this.#entries.delete(sequence);
    this.#matcher.remove(sequence);
    this.#addNext(sequence.door, key);
  }

  #addNext(door: Door, key: FileKey): void {
    try {
      const entry = readNextSequence(key.path);
      if (entry === undefined) {
        return this.#report.warning(
          `${door.name}: no sequence is left in ${key.path}; the door stays shut`,
        );
      }
      const sequence = { door, knocks: entry.sequence, ordered: true };
      this.#entries.set(sequence, entry);
      this.#matcher.add(sequence);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#report.trouble(`${door.name}: ${error.message}; the door stays shut`);
    }
  }
}
