import assert from "node:assert/strict";
import { jsonSchema } from "../../../lib/config/toml/json_schema.ts";
import * as words from "../../../lib/config/toml/words.ts";

type Table = { properties?: Record<string, Table>; additionalProperties?: Table };

const root = jsonSchema() as Table;
const door = root.properties?.["doors"]?.additionalProperties;
const tables: [string, Table | undefined, words.TableWords][] = [
  ["[options]", root.properties?.["options"], words.OPTION_WORDS],
  ["a door", door, words.DOOR_WORDS],
  ["otp", door?.properties?.["otp"], words.OTP_WORDS],
  [
    "a client",
    door?.properties?.["clients"]?.additionalProperties,
    words.CLIENT_WORDS,
  ],
];

for (const [name, table, known] of tables) {
  Deno.test(`every key of ${name} has words, and no other`, () => {
    const keys = Object.keys(table?.properties ?? {});
    assert.ok(keys.length > 0);
    assert.deepEqual(keys.filter((key) => words.keyWords(known, key) === undefined), []);
    assert.deepEqual(Object.keys(known).filter((key) => !keys.includes(key)), []);
  });
}
