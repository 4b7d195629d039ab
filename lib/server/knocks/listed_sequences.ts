/** Keeps the matcher's live sequences in step with what configs and files list. */

import type { SequenceFiles } from "../../files/sequence_file.ts";
import { type SequenceEntry } from "../../files/sequence_lines.ts";
import type { Door, FileKey } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { RefusedKnock } from "../../core/refused_knock.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import type { Matcher } from "../../core/matcher/matcher.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";

/** How often a file is tried again that could not be read, or not be written. */
const RETRY_MS = 10_000;

interface Tools {
  readonly matcher: Matcher;
  readonly report: Report;
  readonly system: Pick<System, "schedule">;
  readonly files: SequenceFiles;
}

/** The live sequences that are written down: in the config, or in a door's file. */
export class ListedSequences {
  readonly #tools: Tools;
  readonly #entries = new Map<LiveSequence, SequenceEntry>();
  /** Ends the wait of each door whose file is out of order. */
  readonly #waits = new Map<Door, () => void>();
  /**
   * Lines that were used, of each file, and could not be marked. Who saw them is not to have
   * them once the file is in order again: they are marked before another line is live.
   */
  readonly #unmarked: Map<string, Set<string>>;

  /** Knows of `previous` which lines could not be marked. */
  constructor(doors: readonly Door[], tools: Tools, previous?: ListedSequences) {
    this.#tools = tools;
    this.#unmarked = previous === undefined ? new Map() : previous.#unmarked;
    for (const door of doors) {
      const { key } = door;
      if (key.kind === "static") {
        tools.matcher.add({ door, knocks: key.sequence, ordered: true });
      } else if (key.kind === "file") this.#addNext(door, key);
    }
  }

  /** Uses a completed sequence up, on disk, where it works only once. */
  use(sequence: LiveSequence): void {
    const { key } = sequence.door;
    if (key.kind !== "file") return;
    const entry = this.#entries.get(sequence);
    if (entry === undefined) throw new RefusedKnock({ kind: "used" });
    this.#entries.delete(sequence);
    this.#tools.matcher.remove(sequence);
    try {
      this.#tools.files.markUsed(key.path, entry);
    } catch (error) {
      this.#unmarked.getOrInsertComputed(key.path, () => new Set()).add(entry.text);
      if (error instanceof Failure) this.#wait(sequence.door, key, error);
      throw error;
    }
    this.#addNext(sequence.door, key);
  }

  close(): void {
    for (const cancel of this.#waits.values()) cancel();
    this.#waits.clear();
  }

  /** One that could not be marked as used would open the door for whoever saw it. */
  #addNext(door: Door, key: FileKey): void {
    const listed = { door: door.name, path: key.path };
    try {
      this.#tools.files.checkMarkable(key.path);
      const entry = this.#next(key.path);
      if (entry === undefined) {
        return this.#tools.report.warning({ kind: "list empty", ...listed });
      }
      const sequence = { door, knocks: entry.sequence, ordered: true };
      this.#entries.set(sequence, entry);
      this.#tools.matcher.add(sequence);
      if (this.#waits.delete(door)) {
        this.#tools.report.warning({ kind: "list in order", ...listed });
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#wait(door, key, error);
    }
  }

  /** It is said once, and tried again until it goes. */
  #wait(door: Door, key: FileKey, { message, hint }: Failure): void {
    if (!this.#waits.has(door)) {
      const why = hint === undefined ? message : `${message} (${hint})`;
      this.#tools.report.trouble({ kind: "list shut", door: door.name, why });
    }
    const again = () => this.#addNext(door, key);
    this.#waits.set(door, this.#tools.system.schedule(RETRY_MS, again));
  }

  /** The first that was not used, if any; throws a Failure. */
  #next(path: string): SequenceEntry | undefined {
    const { files } = this.#tools;
    const unmarked = this.#unmarked.get(path);
    for (const entry of files.unused(path)) {
      if (unmarked === undefined || !unmarked.has(entry.text)) return entry;
      files.markUsed(path, entry);
    }
    return undefined;
  }
}
