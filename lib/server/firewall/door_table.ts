/**
 * The table of the kernel's doors: made whole or not at all, kept over reload and restart,
 * mended when somebody else has changed it.
 */

import {
  closeSteps,
  type ElementStep,
  fillSteps,
  flushSteps,
  openSteps,
} from "../../core/firewall/element_steps.ts";
import { liveText, stepsText } from "../../core/firewall/element_text.ts";
import {
  doorMark,
  type KernelDoor,
  numberDoors,
} from "../../core/firewall/guarded_door.ts";
import { type ElementName, GuardedDoors } from "../../core/firewall/guarded_doors.ts";
import {
  deleteSetsText,
  deleteTableText,
  tableText,
  unmarkText,
} from "../../core/firewall/table_text.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import type { Session } from "../../core/firewall/session.ts";
import { elementsOf } from "./door_elements.ts";
import { inTexts, partition } from "./element_lists.ts";
import {
  fingerprint,
  fingerprintOf,
  inspect,
  NOT_WHOLE,
  somebodyElses,
  tablesOfOwner,
  unused,
} from "./inspection.ts";
import { inUsersWords, type Nft } from "./nf_tables.ts";
import { removals } from "./removals.ts";
import {
  absent,
  keyOf,
  lacking,
  lasting,
  type LastingElement,
  type OpenElement,
  OpenElements,
  type Tampering,
} from "./open_elements.ts";

export interface DoorTableOptions {
  /** Its name, an identifier. */
  readonly name: string;
  /** Hex digits that tell whose it is. */
  readonly owner: string;
  readonly nft: Nft;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
  /** This host's sessions on these ports. */
  readonly sessions: (ports: readonly PortRange[]) => readonly Session[];
}

/** A little more than a lease has left: the lease ends first. */
const GRACE_MS = 250;

/** The table, as this daemon wants it. */
export class DoorTable implements Disposable {
  readonly #options: DoorTableOptions;
  readonly #open = new OpenElements();
  #doors: GuardedDoors;
  #fingerprint = "";
  /** Whether it was made whole for a knock, and nobody was told yet. */
  #untold = false;

  constructor(options: DoorTableOptions) {
    this.#options = options;
    this.#doors = new GuardedDoors(options.name, []);
  }

  /**
   * Makes the table for these doors, or brings it up to date: elements stay, also of
   * another config's, whose table it no longer is. Tables of other names that this config
   * had before are deleted.
   *
   * @returns Whether it was another config's.
   * @throws {Failure} and nothing has changed
   */
  apply(doors: readonly KernelDoor[]): boolean {
    const { name, owner, nft } = this.#options;
    return inUsersWords(() => {
      const found = inspect(nft, name);
      if (found.kind === "foreign") throw somebodyElses(name, found.why);
      const [known, whose] = found.kind === "ours" ? [found.sets, found.owner] : [[], ""];
      const isTaken = whose !== "" && whose !== owner;
      const guarded = new GuardedDoors(name, numberDoors(doors, known));
      const marks = new Set(known.map(({ comment }) => comment));
      const fresh = doors.filter((door) => isTaken || !marks.has(doorMark(door)));
      const before = tablesOfOwner(nft, owner, name).map(deleteTableText).join("") +
        (isTaken ? unmarkText(name) : "");
      const text = before + tableText(name, owner, guarded.list) + this.#liveText(fresh);
      this.#run(text + deleteSetsText(name, unused(nft, name, guarded)));
      this.#forgetMoved(guarded);
      this.#doors = guarded;
      this.#fingerprint = fingerprintOf(nft, name, guarded);
      return isTaken;
    });
  }

  /**
   * Lets addresses pass their doors, each for so long from now on; none of them twice.
   *
   * @throws {Failure} and none of them may
   */
  openAll(wanted: readonly LastingElement[]) {
    const places = this.#doors.everyPlace(wanted);
    const now = this.#options.monotonic();
    const steps = openSteps(
      places.map(({ place, element: { ms } }) => ({ place, ms: ms + GRACE_MS })),
    );
    inUsersWords(() => this.#insisting(steps));
    for (const { door, ip, ms } of wanted) {
      this.#open.set({ door, ip, until: now + ms + GRACE_MS }, now);
    }
  }

  /** Lets addresses pass their doors no longer; sessions that they have go on. */
  close(names: readonly ElementName[]): void {
    const { emptied, others } = removals(names, this.#open);
    inUsersWords(() => {
      const sets = emptied.flatMap((door) => this.#doors.setsOf(door));
      if (sets.length > 0) this.#insisting(flushSteps(this.#options.name, sets));
      for (const some of inTexts(this.#doors.places(others))) {
        this.#insisting(closeSteps(some.map(({ place }) => place)));
      }
    });
  }

  /** Whether an address may pass a door, as it was asked for. */
  holds(name: ElementName): boolean {
    return this.#open.get(name, this.#options.monotonic()) !== undefined;
  }

  /** Who may pass now, as the kernel has it. */
  elements(): OpenElement[] {
    const { nft, name, monotonic } = this.#options;
    const [now, { list }] = [monotonic(), this.#doors];
    return inUsersWords(() => list.flatMap((door) => elementsOf(nft, name, door, now)));
  }

  /** Takes over who may pass already; what would stay for ever is not ours and goes. */
  adopt(): OpenElement[] {
    const now = this.#options.monotonic();
    const [own, foreign] = partition(this.elements(), ({ until }) => until < Infinity);
    for (const element of own) this.#open.set(element, now);
    this.close(foreign);
    return own;
  }

  /**
   * Puts right what others have done: a table that is not whole is made anew, with who may
   * pass and the time they have left. Whether that was so since it was last asked.
   */
  mend(): boolean {
    const { name, nft } = this.#options;
    const untold = this.#untold;
    this.#untold = false;
    if (fingerprint(nft, name) === this.#fingerprint) return untold;
    this.#remake();
    return true;
  }

  /** Compares who may pass with who knocked, and undoes what others have done. */
  reconcile(): Tampering {
    const now = this.#options.monotonic();
    // One look for all of it: whom another no longer found would be let in once more.
    const found = this.elements();
    const used = this.used(() => found);
    const wanted = this.#open.list(now);
    const gone = lacking(wanted, found).filter(({ door }) => !this.#doors.isOnce(door));
    const left = lasting(gone, now + GRACE_MS);
    for (const some of inTexts(left)) this.openAll(some);
    const foreign = absent(found, wanted);
    this.close(foreign);
    return { used, putBack: left.length, takenOut: foreign.length };
  }

  /** The elements of doors for one connection that are gone; they are forgotten. */
  used(look = () => this.elements()): OpenElement[] {
    const now = this.#options.monotonic();
    const once = this.#open.list(now).filter(({ door }) => this.#doors.isOnce(door));
    if (once.length === 0) return [];
    const gone = absent(once, look());
    for (const element of gone) this.#open.delete(element);
    return gone;
  }

  /** Gives the way to the kernel back; the table stays. */
  [Symbol.dispose](): void {
    this.#options.nft[Symbol.dispose]();
  }

  /** A flush at this very moment must not cost a knock: the table is made anew, once. */
  #insisting(steps: readonly ElementStep[]): void {
    try {
      this.#options.nft.change(steps);
    } catch (error) {
      if (!this.mend()) throw error;
      this.#untold = true;
      this.#options.nft.change(steps);
    }
  }

  #remake(): void {
    const { name, owner, nft, monotonic } = this.#options;
    const now = monotonic();
    const left = new Set(this.elements().map(keyOf));
    const again = this.#open.list(now).filter((element) =>
      left.has(keyOf(element)) || !this.#doors.isOnce(element.door)
    );
    const [first = "", ...texts] = inTexts(this.#doors.places(again)).map((some) =>
      some.map(({ place, element }) => ({ place, ms: element.until - now }))
    ).map((some) => stepsText(fillSteps(some)));
    this.#run(deleteTableText(name) + tableText(name, owner, this.#doors.list) + first);
    for (const text of texts) this.#run(text);
    const print = fingerprintOf(nft, name, this.#doors);
    // Listing sessions takes longer than all else, and the ports are shut by now.
    const doors = this.#doors.list.map(({ door }) => door);
    if (print !== NOT_WHOLE) this.#run(this.#liveText(doors));
    this.#fingerprint = print;
  }

  /** A door that opens something else now has other sets, and nobody in them. */
  #forgetMoved(next: GuardedDoors): void {
    const same = next.sameAs(this.#doors);
    for (const element of this.#open.list(this.#options.monotonic())) {
      if (!same.has(element.door)) this.#open.delete(element);
    }
  }

  /** Names the sessions on the ports of doors. */
  #liveText(doors: readonly KernelDoor[]): string {
    const { name, sessions } = this.#options;
    return liveText(name, sessions(doors.flatMap(({ kernel }) => kernel.ports)));
  }

  #run(text: string): void {
    if (text !== "") this.#options.nft.run(text);
  }
}
