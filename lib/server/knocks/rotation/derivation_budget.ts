/**
 * How much strangers can make us compute.
 *
 * @module
 */
import type { Report } from "../../log/report.ts";
import type { System } from "../../system.ts";

/** Derivations for sources a second: about a hundredth of a processor. */
const PER_SECOND = 200;
/** Derivations for one source in a while: several knocks of everybody behind its NAT. */
const PER_SOURCE = 64;
const WHILE_MS = 30_000;

/** Grants derivations, to all sources together and to each one alone. */
export class DerivationBudget {
  readonly #system: Pick<System, "monotonic">;
  readonly #report: Report;
  readonly #sources = new Map<string, number>();
  #second = -Infinity;
  #granted = 0;
  #while = -Infinity;
  #ignored = 0;

  constructor(system: Pick<System, "monotonic">, report: Report) {
    this.#system = system;
    this.#report = report;
  }

  /** Whether a sequence may be derived for this source. */
  grant(source: string): boolean {
    this.#pass(this.#system.monotonic());
    const own = this.#sources.get(source) ?? 0;
    if (this.#granted >= PER_SECOND || own >= PER_SOURCE) {
      if (this.#ignored++ === 0) {
        this.#report.warning(
          "more first ports of bound doors are hit than knocks can be; some are ignored",
        );
      }
      return false;
    }
    this.#granted++;
    this.#sources.set(source, own + 1);
    return true;
  }

  #pass(now: number): void {
    if (now >= this.#second + 1000) {
      this.#second = now;
      this.#granted = 0;
    }
    if (now < this.#while + WHILE_MS) return;
    if (this.#ignored > 0) {
      this.#report.warning(`${this.#ignored} hits on first ports were ignored`);
    }
    this.#while = now;
    this.#sources.clear();
    this.#ignored = 0;
  }
}
