/**
 * What a command waits for before it starts: its turn among those of its address, the
 * end of the one before it of the same door and address, and a place.
 */

import type { System } from "../system.ts";
import type { Job } from "./job.ts";
import { OneByOne } from "./one_by_one.ts";
import { CommandPlaces, type PlaceLimits } from "./command_places.ts";
import { type Turn, Turns } from "./turns.ts";

/**
 * Start and plain commands at once: a firewall's tools wait for one another's lock, so
 * more only wait longer, and a flood of knocks must not become a flood of processes.
 */
const STARTS: PlaceLimits = { all: 32, eachDoor: 8 };

/** Stop commands at once; whatever opens, what closes finds a place. */
const STOPS: PlaceLimits = { all: 16, eachDoor: 4 };

export interface Waiting {
  /** It will not run: those behind it need not wait for it. */
  cancel(): void;
}

export class Queue {
  readonly #turns: Turns;
  readonly #lines = new OneByOne();
  readonly #starts: CommandPlaces;
  readonly #stops: CommandPlaces;

  constructor(
    system: Pick<System, "monotonic" | "schedule">,
    starts = STARTS,
    stops = STOPS,
  ) {
    this.#turns = new Turns(system);
    this.#starts = new CommandPlaces(starts);
    this.#stops = new CommandPlaces(stops);
  }

  /** The address's next turn, for a command that comes later. */
  take(ip: string, door: string): Turn {
    return this.#turns.take(ip, door);
  }

  /**
   * Calls `begin` when a command may start, at once if it may now, with what gives its
   * place back; to be called when it has ended, twice is harmless.
   */
  enter(job: Job, begin: (leave: () => void) => void): Waiting {
    const { door, ip } = job;
    const stops = job.kind === "stop";
    const turn = job.turn ?? (stops ? undefined : this.#turns.take(ip, door));
    const places = stops ? this.#stops : this.#starts;
    const line = `${ip} ${door}`;
    let cancelled = false;
    const leave = once(() => {
      places.leave(door);
      this.#lines.leave(line);
      turn?.end();
    });
    const enter = () =>
      places.enter(door, () => {
        if (stops) this.#lines.join(line);
        if (cancelled) leave();
        else begin(leave);
      });
    const act = stops ? enter : () => this.#lines.wait(line, enter);
    if (turn === undefined) act();
    else turn.whenCome(act);
    return {
      cancel: () => {
        cancelled = true;
        turn?.end();
      },
    };
  }
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
