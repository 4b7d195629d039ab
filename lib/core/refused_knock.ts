/** A complete knock that is refused, as the failure of whoever tried to open for it. */

import { Failure } from "./failure.ts";
import type { Refusal } from "./refusal.ts";
import { refusalWords } from "./refusal_words.ts";

/** A knock was refused by a rule, and nothing is wrong with the machine. */
export class RefusedKnock extends Failure {
  /** Tells the errors apart. */
  override readonly name = "RefusedKnock";
  /** By which rule. */
  readonly refusal: Refusal;

  /** Says why in the words of all refusals. */
  constructor(refusal: Refusal) {
    super(refusalWords(refusal));
    this.refusal = refusal;
  }
}
