/**
 * `bind_source`: sequences that hold for one source, derived once that source has hit a
 * first port and some others. No address is compared: to the matcher such a sequence is
 * nobody's but its source's, and other sources have other ports (`Member.boundKnocks`). A
 * packet's proof is computed with its source (`packets/live_packet.ts`).
 */

import { addressFromWords } from "../../../core/address_words.ts";
import { BoundedMap } from "../../../core/bounded_map.ts";
import type { Hit } from "../../../core/hit.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import type { Matcher } from "../../../core/matcher/matcher.ts";
import type { DerivationBudget } from "./derivation_budget.ts";
import { type Announced, FirstPorts } from "./first_ports.ts";
import type { Member } from "./member.ts";

/** Sequences that are live for a source at a time; the oldest goes first. */
const MOST = 1024;

interface Bound {
  readonly member: Member;
  readonly sequence: LiveSequence;
}

/** Whether a counter of a member, at a time in Unix milliseconds, is worth anything. */
type MayOpen = (member: Member, counter: number, time: number) => boolean;

export class BoundSequences {
  readonly #matcher: Matcher;
  readonly #budget: DerivationBudget;
  readonly #mayOpen: MayOpen;
  readonly #first = new FirstPorts();
  readonly #bound: BoundedMap<string, Bound>;

  constructor(matcher: Matcher, budget: DerivationBudget, mayOpen: MayOpen) {
    this.#matcher = matcher;
    this.#budget = budget;
    this.#mayOpen = mayOpen;
    this.#bound = new BoundedMap(MOST, ({ sequence }) => matcher.remove(sequence));
  }

  /** A source has hit the first port of a member's counter; whether it is news. */
  announced(member: Member, counter: number, hit: Hit): boolean {
    if (this.#bound.has(keyOf(member, counter, hit.source))) return false;
    return this.#first.begin(member, counter, hit);
  }

  /** A hit came after which a source may be about to knock. */
  heard(hit: Hit): void {
    for (const announced of this.#first.hit(hit)) this.#derive(announced, hit);
  }

  #derive(announced: Announced, hit: Hit): void {
    const { member, counter } = announced;
    const { door, client } = member;
    this.#first.end(announced, hit);
    const mayOpen = this.#mayOpen(member, counter, hit.time);
    if (!this.#budget.grant(door.name, hit.source, mayOpen)) return;
    const knocks = member.boundKnocks(counter, addressFromWords(hit.source));
    const source = hit.source.slice();
    const sequence = { door, client, counter, knocks, ordered: false, source };
    this.#add(keyOf(member, counter, source), { member, sequence });
    // All that has come of it came before it was known.
    this.#matcher.review(sequence, hit);
  }

  /** Ends the sequences of counters that are not wanted any more. */
  retire(isWanted: (member: Member, counter: number) => boolean): void {
    this.#first.retire(isWanted);
    for (const [key, { member, sequence }] of this.#bound) {
      if (!isWanted(member, sequence.counter!)) this.#remove(key);
    }
  }

  /** Takes over the sequences of members that have an heir. */
  inherit(earlier: BoundSequences, heirs: ReadonlyMap<Member, Member>): void {
    this.#first.inherit(earlier.#first, heirs);
    for (const { member, sequence } of earlier.#bound.values()) {
      const heir = heirs.get(member);
      if (heir === undefined) continue;
      const { door, client } = heir;
      const key = keyOf(heir, sequence.counter!, sequence.source!);
      this.#add(key, { member: heir, sequence: { ...sequence, door, client } });
    }
  }

  #add(key: string, bound: Bound): void {
    this.#matcher.add(bound.sequence);
    this.#bound.set(key, bound);
  }

  #remove(key: string): void {
    this.#matcher.remove(this.#bound.get(key)!.sequence);
    this.#bound.delete(key);
  }
}

function keyOf({ door, client }: Member, counter: number, source: Uint32Array): string {
  return `${source.join(" ")} ${counter} ${client.name} ${door.name}`;
}
