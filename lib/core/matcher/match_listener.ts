/** What the matcher has to say. */

import type { Hit } from "../hit.ts";
import type { Refusal } from "../refusal.ts";
import type { LiveSequence } from "./live_sequence.ts";

/**
 * What the matcher has to say. Each is called while a packet is taken in, and so must
 * neither add nor remove sequences.
 */
export interface MatchListener {
  /**
   * A sequence is complete, and its door is to open for the hit's source; an announcement
   * is complete with every hit on its port.
   */
  opened(sequence: LiveSequence, hit: Hit): void;
  /**
   * The first `stage` ports of a sequence have been hit; it has more. Of a door's sequences
   * the one that came furthest is told. It is to be asked for during the call, and only
   * where it matters: in a flood every packet advances some sequence.
   */
  advanced(sequence: () => LiveSequence, hit: Hit, stage: number): void;
  /** All ports of a sequence but one, or three, were hit, and it is not complete. */
  neared?(sequence: () => LiveSequence, hit: Hit, came: number): void;
  /** It is complete, but against a rule; `others`: the source's other hits in between. */
  refused(sequence: LiveSequence, hit: Hit, refusal: Refusal, others: number): void;
}
