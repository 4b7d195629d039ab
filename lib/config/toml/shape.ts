/**
 * Which tables and keys a TOML config has, against those that there are. Values are
 * the schema's business.
 */

import type { GenericSchema } from "valibot";
import type { Finding, Path } from "../problems.ts";
import { RESERVED } from "../names.ts";
import { placeOf, tableHint } from "./misplaced.ts";
import { unknownKey } from "../unknown_key.ts";

/** Every unknown key, and every value that is no table where a table belongs. */
export function* shapeFindings(
  schema: GenericSchema,
  value: unknown,
  path: Path = [],
): Generator<Finding> {
  const structure = structureOf(schema);
  if (structure === undefined) return;
  if (!isTable(value)) {
    const message = `expected a table, found ${typeName(value)}`;
    yield { severity: "error", path, message, ...tableHint(path, value) };
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const childPath = [...path, key];
    const childSchema = structure.child(key);
    if (RESERVED.has(key)) {
      const message = "this name can't be used";
      yield { severity: "error", path: childPath, atKey: true, message };
    } else if (childSchema === undefined) {
      yield unknownKey("key", path, key, structure.keys, placeOf(path, key, child));
    } else yield* shapeFindings(childSchema, child, childPath);
  }
}

/** Whether a value is a table of the TOML parser, which gives them no prototype. */
export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === null;
}

/** The type of a TOML value, in words for a user. */
export function typeName(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  if (Array.isArray(value)) return "an array";
  if (isTable(value)) return "a table";
  return value === undefined ? "nothing" : "a date or time";
}

/** What the schema of a table says of its keys. */
interface Structure {
  /** Their names, where they are fixed. */
  readonly keys: readonly string[];
  /** The schema of a key's value. */
  child(key: string): GenericSchema | undefined;
}

function structureOf(schema: GenericSchema): Structure | undefined {
  const { type, wrapped, entries, value } = schema as GenericSchema & {
    wrapped?: GenericSchema;
    entries?: Record<string, GenericSchema>;
    value?: GenericSchema;
  };
  if (type === "optional" && wrapped) return structureOf(wrapped);
  if (type === "record" && value) return { keys: [], child: () => value };
  if (type === "strict_object" && entries) {
    return {
      keys: Object.keys(entries),
      child: (key) => Object.hasOwn(entries, key) ? entries[key] : undefined,
    };
  }
  return undefined;
}
