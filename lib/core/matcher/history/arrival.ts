/** A packet on its way into the history of hits. */

/** A packet, as it is added: there is one object, filled anew for every packet. */
export class Arrival {
  /** See mark.ts. */
  mark = 0;
  /** Tells it from others with the same mark. */
  print = 0;
  /** In ticks. */
  time = 0;
  /** Milliseconds that it waited to be read; -0 at first, as in hit.ts. */
  waited: number = -0;
  /** Whether it is on an own port of a live sequence. */
  own = false;
  /** The most hits like it in any sequence. */
  repeats = 1;
}
