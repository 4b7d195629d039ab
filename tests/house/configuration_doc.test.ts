import assert from "node:assert/strict";
import { configSchema } from "../../lib/config/toml/schema.ts";

const page = await Deno.readTextFile(
  new URL("../../docs/configuration.md", import.meta.url),
);

/** Every key of a schema and of those inside it. */
function keysOf(schema: unknown): string[] {
  const { entries, wrapped, value } = schema as {
    entries?: Record<string, unknown>;
    wrapped?: unknown;
    value?: unknown;
  };
  if (wrapped !== undefined) return keysOf(wrapped);
  if (entries === undefined) return value === undefined ? [] : keysOf(value);
  return Object.entries(entries).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

Deno.test("every key of the config is in docs/configuration.md", () => {
  const keys = keysOf(configSchema).filter((key) => !key.endsWith("_6"));
  assert.ok(keys.includes("seq_timeout") && keys.includes("bind_source"));
  const missing = keys.filter((key) =>
    !page.includes(`\`${key}\``) && !page.includes(`[${key}`)
  );
  assert.deepEqual(missing.filter((key) => key !== "doors"), []);
});
