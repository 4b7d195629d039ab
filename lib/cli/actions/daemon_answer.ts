/** What a daemon's answers have at least: what listens at its socket may be something else. */

import * as v from "valibot";
import { Failure } from "../../core/failure.ts";

const many = v.array(v.looseObject({}));
const ANSWERS: Readonly<Record<string, v.GenericSchema>> = {
  status: v.looseObject({
    ...{ version: v.string(), pid: v.number(), config: v.string(), uptime: v.number() },
    interfaces: v.array(v.looseObject({ addresses: v.array(v.string()) })),
    doors: many,
    leases: many,
    openings: many,
  }),
  close: v.looseObject({ closed: v.number(), failing: v.number() }),
  log: v.array(v.looseObject({ time: v.number(), event: v.string(), door: v.string() })),
  metrics: v.string(),
  watch: v.looseObject({ time: v.number(), line: v.string(), values: v.looseObject({}) }),
};

/** What it answered to a command; throws a `Failure` where it is nothing of a knockd's. */
export function sensible(command: string, answer: unknown): unknown {
  const expected = ANSWERS[command];
  if (expected === undefined || v.is(expected, answer)) return answer;
  throw new Failure(
    `what came is no answer of a knockd's to ${command}`,
    "use the knockd that the daemon was started from, or look what listens at its socket",
  );
}
