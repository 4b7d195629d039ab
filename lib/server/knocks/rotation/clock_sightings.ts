/** How far a client's clock is off, from the time steps that it knocked with. */

/** Sightings that are remembered; older ones may be from before the clock was set. */
const REMEMBERED = 5;
/** Sightings that allow a statement. */
const ENOUGH = 3;
/** Seconds that a knock may take on its way without its clock being called slow. */
const TRIFLE = 2;

/**
 * What openings tell about a client's clock. A knock with a certain step was made while
 * the client's clock was within that step: how far it can be ahead of ours lies in an
 * interval as long as the step, and several intervals overlap in a shorter one.
 */
export class ClockSightings {
  readonly #intervals: { readonly least: number; readonly most: number }[] = [];

  /** Notes a knock with a step, `time` in milliseconds by our clock. */
  add(step: number, period: number, time: number): void {
    const least = clockAhead(step, period, time) - period / 2;
    this.#intervals.push({ least, most: least + period });
    if (this.#intervals.length > REMEMBERED) this.#intervals.shift();
  }

  /** Seconds that the clock is ahead, negative if behind; undefined if none can be told. */
  get ahead(): number | undefined {
    if (this.#intervals.length < ENOUGH) return undefined;
    const least = Math.max(...this.#intervals.map((interval) => interval.least));
    const most = Math.min(...this.#intervals.map((interval) => interval.most));
    const off = least > TRIFLE || most < -TRIFLE;
    return off && least <= most ? (least + most) / 2 : undefined;
  }
}

/** Seconds that a clock is likely ahead which is in this step at that time by ours. */
export function clockAhead(step: number, period: number, time: number): number {
  return (step + 0.5) * period - time / 1000;
}
