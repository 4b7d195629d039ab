/** A knock at several addresses of a host, of which one that opens is enough. */

import { Failure } from "../core/failure.ts";
import { knock, type KnockPlan } from "./knock.ts";
import type { ClientSystem, Connection } from "./client_system.ts";

/** One plan for each address, and the world as long as no other has succeeded. */
export type PlanFor<T> = (target: T, system: ClientSystem) => KnockPlan;

/**
 * Knocks at all addresses, one after the other where no port is waited for, else at once;
 * gives the first connection, and then no more is sent.
 *
 * @throws {Failure} if no port opened, or not all was sent: a line for each address.
 */
export async function knockAtAll<T>(
  system: ClientSystem,
  targets: readonly T[],
  planFor: PlanFor<T>,
): Promise<Connection | undefined> {
  const over = new AbortController();
  const world = untilOver(system, over.signal);
  const plans = targets.map((target) => planFor(target, world));
  if (plans.every(({ port }) => port === undefined)) {
    await sendToEach(system, plans);
    return undefined;
  }
  const knocks = plans.map((plan) => knock(world, plan));
  try {
    const first = await Promise.any(knocks);
    closeOthers(knocks, first);
    return first;
  } catch (error) {
    throw allFailed((error as AggregateError).errors);
  } finally {
    over.abort();
  }
}

/** Of those that open in the same moment one is wanted. */
function closeOthers(
  knocks: readonly Promise<Connection | undefined>[],
  wanted: Connection | undefined,
): void {
  for (const knock of knocks) {
    knock.then(
      (connection) => connection !== wanted && connection?.close(),
      () => {},
    );
  }
}

/** One that can't be reached keeps none of the others from being knocked at. */
async function sendToEach(
  system: ClientSystem,
  plans: readonly KnockPlan[],
): Promise<void> {
  const errors: unknown[] = [];
  for (const plan of plans) {
    await knock(system, plan).catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw allFailed(errors);
}

/** A world that stands still once it is over: who knocks in it sends no more. */
function untilOver(system: ClientSystem, over: AbortSignal): ClientSystem {
  const unlessOver = <A>(result: A): A | Promise<A> =>
    over.aborted ? new Promise<A>(() => {}) : result;
  const alsoWhenOver = (signal?: AbortSignal) =>
    signal === undefined ? over : AbortSignal.any([signal, over]);
  return {
    ...system,
    now: () => system.now(),
    sleep: (ms, signal) => system.sleep(ms, alsoWhenOver(signal)).then(unlessOver),
    hit: (target, port) => system.hit(target, port).then(unlessOver),
    connect: (target, port, signal) => system.connect(target, port, alsoWhenOver(signal)),
  };
}

function allFailed(errors: readonly unknown[]): unknown {
  const failures = errors.filter((error) => error instanceof Failure);
  const [first, second] = failures;
  // Of one address its kind counts, too: a mistake of the command line is one.
  if (!first || !second || failures.length < errors.length) return errors[0];
  return new Failure(failures.map(({ message }) => message).join("\n"), first.hint);
}
