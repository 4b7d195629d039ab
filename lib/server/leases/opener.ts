/**
 * From knocks to doors: what they use up and what is promised goes to the disk, in one
 * commit for many of them; then the doors open.
 */

import { plural } from "../../core/plural.ts";
import type { Opening } from "../../core/door.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import { commandOf, type DoorJobs, jobsOf } from "../commands/door_commands.ts";
import { spend, spendAndPromise } from "../journal/spending.ts";
import { type ShutBy, shutBy } from "../log/failed_knock.ts";
import { LineLimit } from "../log/line_limit.ts";
import { type Limit, OPENINGS_A_SECOND } from "./admission.ts";
import type { Answer } from "./answer.ts";
import type { Parts } from "./parts.ts";
import { afterWait, apart, isRenewable, kernelPlace, type Plan } from "./plan.ts";
import type { Renewal } from "./renewal.ts";
import { newLease } from "./row.ts";
import type { Starter } from "./starter.ts";

const FAULT: ShutBy = { reason: "fault", why: "a fault of knockd" };
const OFTEN_ENOUGH = `it opens ${OPENINGS_A_SECOND} times a second at most`;

export class DoorOpener {
  readonly #parts: Parts;
  readonly #starter: Starter;
  readonly #renewal: Renewal;
  /** Refused openings by their reason, of which there are few; counted by door. */
  readonly #limited = new Map<string, LineLimit>();

  constructor(parts: Parts, starter: Starter, renewal: Renewal) {
    this.#parts = parts;
    this.#starter = starter;
    this.#renewal = renewal;
  }

  /** Opens doors for those who knocked, in this order. */
  open(openings: readonly Opening[]): Answer[] {
    if (openings.some((opening) => this.#seemsFull(opening))) {
      this.#parts.elements.settle();
    }
    return apart(openings).flatMap((group) => this.#openGroup(group));
  }

  /** The kernel tells nobody of the places that connections have used up. */
  #seemsFull(opening: Opening): boolean {
    return opening.door.kernel?.connections === 1 &&
      this.#parts.admission.refuses(opening, true) === "max_open";
  }

  /** Opens again what was knocked on too late: it is spent, and has its place. */
  openAnew({ counter: _, ...opening }: Opening): void {
    this.#carryOut(this.#planNew(afterWait(opening), true));
  }

  /** Says what is still to be said of refusals. */
  flush(): void {
    for (const doors of this.#limited.values()) doors.flush();
  }

  #openGroup(group: readonly Opening[]): Answer[] {
    const plans = group.map((opening) => this.#plan(opening));
    const written = plans.length > 1 && this.#writeTogether(plans);
    const there = written && this.#putTogether(plans);
    const faults: unknown[] = [];
    const answers = plans.map((plan) => {
      try {
        return written ? plan.act(there) : this.#carryOut(plan);
      } catch (error) {
        faults.push(error);
        return this.#refuse(plan.opening, FAULT);
      }
    });
    // What is promised to the others is begun before anybody hears of it.
    if (faults.length > 0) throw faults[0];
    return answers;
  }

  /** Whether all is on disk; nothing is if one of them can't be written with the others. */
  #writeTogether(plans: readonly Plan[]): boolean {
    const { journal } = this.#parts;
    const write = () => plans.forEach((plan) => plan.write());
    return !(orFailure(() => journal.batch(write)) instanceof Failure);
  }

  /** Whether the kernel lets all pass that are to; where one can't, each is tried alone. */
  #putTogether(plans: readonly Plan[]): boolean {
    const places = plans.flatMap(({ place }) => place ?? []);
    if (places.length < 2) return false;
    return !(orFailure(() => this.#parts.elements.put(places)) instanceof Failure);
  }

  #carryOut(plan: Plan): Answer {
    const { opening } = plan;
    try {
      plan.write();
    } catch (error) {
      plan.undo?.();
      if (!(error instanceof Failure)) throw error;
      return this.#refuse(opening, shutBy(error));
    }
    return plan.act(false);
  }

  #plan(opening: Opening): Plan {
    const { registry, journal } = this.#parts;
    const lease = registry.find(opening.address.text, opening.door.name);
    if (lease === undefined) return this.#planNew(opening, false);
    const renewed = isRenewable(lease) ? kernelPlace(opening) : undefined;
    return {
      opening,
      ...(renewed === undefined ? {} : { place: renewed }),
      write: () => spend(journal, opening),
      act: (there) => this.#renewal.knock(lease, opening, there && renewed !== undefined),
    };
  }

  /** @param free whether it has its place already, so that no limit is asked */
  #planNew(opening: Opening, free: boolean): Plan {
    const { door, address, elsewhere = false } = opening;
    const { admission, cooldown, elements, system } = this.#parts;
    if (!free && !elsewhere && cooldown.holds(door, address.text, system.monotonic())) {
      return this.#spendAnd(opening, () => this.#cool(opening));
    }
    const holds = commandOf(door.stop, address) !== undefined || elements.has(door);
    const limit = free ? undefined : admission.refuses(opening, holds);
    // A flood is refused before anything is made for it.
    if (limit !== undefined) {
      return this.#spendAnd(opening, () => this.#limit(opening, limit));
    }
    const jobs = orFailure(() => jobsOf(opening));
    if (jobs instanceof Failure) {
      return this.#spendAnd(opening, () => this.#refuse(opening, shutBy(jobs)));
    }
    admission.opens(opening);
    if (holds) return this.#planLease(opening, jobs);
    return this.#spendAnd(opening, () => {
      this.#starter.run(opening, jobs.start);
      return "opened";
    });
  }

  #planLease(opening: Opening, jobs: DoorJobs): Plan {
    const { admission, system, bootId, journal, elements, notes } = this.#parts;
    const { name } = opening.door;
    notes.forgetOver();
    const hasElement = elements.has(opening.door);
    admission.begins(name);
    const row = newLease(opening, jobs.stop, system.now(), bootId);
    let id: number | undefined;
    return {
      opening,
      ...(hasElement ? { place: kernelPlace(opening) } : {}),
      write: () => {
        if (jobs.stop === undefined) spend(journal, opening);
        else id = spendAndPromise(journal, opening, row);
      },
      act: (there) => {
        const why = this.#starter.begin(opening, jobs, row, id, there && hasElement);
        if (why === undefined) return "opened";
        return this.#refuse(opening, { reason: "fault", why });
      },
      undo: () => admission.ends(name),
    };
  }

  #spendAnd(opening: Opening, act: Plan["act"]): Plan {
    return { opening, write: () => spend(this.#parts.journal, opening), act };
  }

  #refuse({ door, address, client }: Opening, by: ShutBy): Answer {
    const knock = { door: door.name, ip: address.text, client: client?.name };
    this.#parts.report.refused({ ...knock, ...by });
    return "refused";
  }

  #cool({ door, address }: Opening): Answer {
    const { report } = this.#parts;
    report.counted(door.name, "cooldown");
    report.leases.cooling({ door: door.name, ip: address.text }, door.cooldown);
    return "cooling";
  }

  /** A flood of these is a line a second. */
  #limit({ door }: Opening, limit: Limit): Answer {
    const why = limit === "max_open"
      ? `it is open for ${plural(door.maxOpen, "address")}, its max_open`
      : OFTEN_ENOUGH;
    const { report, system } = this.#parts;
    report.counted(door.name, limit);
    const say = (name: string, count: number) => report.leases.limited(name, why, count);
    const counted = () => new LineLimit(system, say, { lines: 0 });
    this.#limited.getOrInsertComputed(why, counted).admits(door.name);
    return "refused";
  }
}
