import assert from "node:assert/strict";
import {
  FLEET_TIMEOUT,
  HISTORY_DAYS,
  HISTORY_ROWS,
  MAX_OPEN,
  MAX_SECONDS,
  MAX_TOLERANCE,
  OTP_LENGTH,
  OTP_LOOK_AHEAD,
  OTP_PERIOD,
  OTP_WINDOW,
} from "../../lib/config/limits.ts";
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

Deno.test("docs/configuration.md has the range of every number", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const limited = { HISTORY_DAYS, HISTORY_ROWS, OTP_LENGTH, OTP_PERIOD, OTP_WINDOW };
  const ranges: [key: string, min: number, max: number][] = [
    ["tolerance", -1, MAX_TOLERANCE],
    ["max_open", 1, MAX_OPEN.max],
    ["timeout", FLEET_TIMEOUT.min, FLEET_TIMEOUT.max],
    ["look_ahead", OTP_LOOK_AHEAD.min, OTP_LOOK_AHEAD.max],
    ...Object.entries(limited).map(([name, { min, max }]) =>
      [name.replace("OTP_", "").toLowerCase(), min, max] as [string, number, number]
    ),
  ];
  for (const [key, min, max] of ranges) {
    const row = rows.find((line) => line.startsWith(`| \`${key}\``)) ?? "";
    assert.ok(row.includes(`${min} to ${max}`), `${key}: ${min} to ${max}`);
  }
  assert.ok(page.includes(`(${MAX_SECONDS}) at most`));
});
