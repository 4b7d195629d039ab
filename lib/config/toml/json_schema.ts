/** The schema of knock.toml as JSON Schema (2020-12), for editors. */

import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import { JSON_RULES } from "./json_rules.ts";
import { configSchema } from "./schema.ts";
import {
  CLIENT_WORDS,
  DOOR_WORDS,
  FLEET_WORDS,
  keyWords,
  OPTION_WORDS,
  OTP_WORDS,
  type TableWords,
} from "./words.ts";

/** Where each table stands in the schema, and the words of its keys. */
const TABLES: readonly (readonly [readonly string[], TableWords])[] = [
  [["options"], OPTION_WORDS],
  [["fleet"], FLEET_WORDS],
  [["doors", "*"], DOOR_WORDS],
  [["doors", "*", "otp"], OTP_WORDS],
  [["doors", "*", "clients", "*"], CLIENT_WORDS],
];

/** The JSON Schema, with what each key means. */
export function jsonSchema(): JsonSchema {
  // What JSON Schema has no word for, as that a text holds no NUL, is left to `check`.
  const schema = toJsonSchema(configSchema, {
    target: "draft-2020-12",
    errorMode: "ignore",
  });
  for (const [path, rule] of JSON_RULES) Object.assign(at(schema, path), rule);
  for (const [path, words] of TABLES) describe(at(schema, path), words);
  return { ...schema, title: "knock.toml", description: "The configuration of knockd" };
}

/** The schema at a path, where `*` is any name. */
function at(schema: JsonSchema, path: readonly string[]): JsonSchema {
  return path.reduce((table, key) => {
    const child = key === "*" ? table.additionalProperties : table.properties?.[key];
    if (typeof child !== "object") throw new TypeError(`nothing at ${path.join(".")}`);
    return child;
  }, schema);
}

function describe(table: JsonSchema, words: TableWords): void {
  for (const [key, property] of Object.entries(table.properties ?? {})) {
    const found = keyWords(words, key);
    if (found === undefined || typeof property !== "object") continue;
    const [meaning, fallback] = found;
    property.description = fallback === undefined
      ? meaning
      : `${meaning} (default: ${fallback})`;
  }
}
