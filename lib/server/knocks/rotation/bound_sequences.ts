/**
 * Sequences that hold for one source, derived once that source has hit a first port.
 *
 * @module
 */
import { addressFromWords } from "../../../core/address_words.ts";
import { BoundedMap } from "../../../core/bounded_map.ts";
import type { Hit } from "../../../core/hit.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import type { Matcher } from "../../../core/matcher/matcher.ts";
import type { DerivationBudget } from "./derivation_budget.ts";
import type { Member } from "./member.ts";

/** Sequences that are live for a source at a time; the oldest goes first. */
const MOST = 1024;

interface Bound {
  readonly member: Member;
  readonly sequence: LiveSequence;
}

/** The sequences that are bound to a source. */
export class BoundSequences {
  readonly #matcher: Matcher;
  readonly #budget: DerivationBudget;
  readonly #bound: BoundedMap<string, Bound>;

  constructor(matcher: Matcher, budget: DerivationBudget) {
    this.#matcher = matcher;
    this.#budget = budget;
    this.#bound = new BoundedMap(MOST, ({ sequence }) => matcher.remove(sequence));
  }

  /** A source has hit the first port of a member's counter. */
  announced(member: Member, counter: number, hit: Hit): void {
    const ip = hit.source.join(" ");
    const key = keyOf(member, counter, ip);
    if (this.#bound.has(key) || !this.#budget.grant(ip)) return;
    const { door, client } = member;
    const knocks = member.boundKnocks(counter, addressFromWords(hit.source));
    const source = hit.source.slice();
    const sequence = { door, client, counter, knocks, ordered: false, source };
    this.#add(key, { member, sequence });
    // The network may have brought other ports before the first one.
    this.#matcher.review(sequence, hit);
  }

  /** Ends the sequences of counters that are not wanted any more. */
  retire(isWanted: (member: Member, counter: number) => boolean): void {
    for (const [key, { member, sequence }] of this.#bound) {
      if (!isWanted(member, sequence.counter!)) this.#remove(key);
    }
  }

  /** Takes over the sequences of members that have an heir. */
  inherit(earlier: BoundSequences, heirs: ReadonlyMap<Member, Member>): void {
    for (const { member, sequence } of earlier.#bound.values()) {
      const heir = heirs.get(member);
      if (heir === undefined) continue;
      const { door, client } = heir;
      const key = keyOf(heir, sequence.counter!, sequence.source!.join(" "));
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

function keyOf({ door, client }: Member, counter: number, ip: string): string {
  return `${ip} ${counter} ${client.name} ${door.name}`;
}
