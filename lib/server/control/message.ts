/**
 * What goes over the control socket: one line of JSON each way, then it is closed; to a
 * watcher, after the first line, one for each thing that happens.
 */

import * as v from "valibot";
import { orUndefined } from "../../core/or_undefined.ts";

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

const ControlRequest = v.union([
  v.strictObject({ command: v.picklist(["status", "reload", "confirm"]) }),
  v.strictObject({
    command: v.literal("metrics"),
    format: v.exactOptional(v.picklist(["openmetrics", "prometheus"])),
  }),
  v.strictObject({ command: v.literal("resync"), door: name, client: name }),
  v.strictObject({
    command: v.literal("close"),
    all: v.literal(true),
    here: v.exactOptional(v.literal(true)),
  }),
  v.strictObject({
    command: v.literal("close"),
    door: name,
    address: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
    here: v.exactOptional(v.literal(true)),
  }),
  v.strictObject({
    command: v.literal("log"),
    door: v.exactOptional(name),
    client: v.exactOptional(name),
    ip: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
    since: v.exactOptional(v.number()),
    until: v.exactOptional(v.number()),
  }),
  v.strictObject({
    command: v.literal("watch"),
    door: v.exactOptional(name),
    ip: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  }),
]);

/** What a running daemon can be asked. */
export type ControlRequest = Readonly<v.InferOutput<typeof ControlRequest>>;

const ControlAnswer = v.union([
  v.object({ result: v.unknown() }),
  v.object({
    error: v.string(),
    hint: v.exactOptional(v.string()),
    /** Whether a config, or what was asked, is wrong. */
    usage: v.exactOptional(v.boolean()),
  }),
]);

/** What it says: the result, or what is wrong and what to do next. */
export type ControlAnswer = Readonly<v.InferOutput<typeof ControlAnswer>>;

/** The request that a line holds, if any. */
export function parseRequest(line: string): ControlRequest | undefined {
  return parse(ControlRequest, line);
}

/** The answer that a line holds, if any. */
export function parseAnswer(line: string): ControlAnswer | undefined {
  return parse(ControlAnswer, line);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, line: string): T | undefined {
  const result = v.safeParse(schema, orUndefined(() => JSON.parse(line)));
  return result.success ? result.output : undefined;
}
