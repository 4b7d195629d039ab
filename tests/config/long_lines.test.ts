/** What is wrong in a very long line is found in a time that grows with it, not with its square. */
import assert from "node:assert/strict";
import { linesAbout } from "./files.ts";

const MANY = 200_000;
const gap = " ".repeat(MANY);
const quotes = "'".repeat(MANY);

const OF_TOML = "[doors.a]\nsequence = [1, 2]\n";
const OF_CLASSIC = "[a]\nsequence = 1,2\n";

const LINES: [name: string, text: string][] = [
  ["knockd.conf", `[a]\nsequence = 7000${gap}8000\n`],
  ["knockd.conf", `[a]\nsequence = tcp${gap}x\n`],
  ["knockd.conf", `[options]\ninterface = a${gap}b/\n${OF_CLASSIC}`],
  ["knockd.conf", `[options]\ninterface = a${quotes}b\n${OF_CLASSIC}`],
  ["knockd.conf", `${"\n".repeat(MANY)}${OF_CLASSIC}wrong = 1\n`],
  ["knock.toml", `${OF_TOML}seq_timeout = "1${gap}x"\n`],
  ["knock.toml", `${OF_TOML}x = ${"=a".repeat(MANY)}"\n`],
  ["knock.toml", `${OF_TOML}x = ${"= [".repeat(MANY)}\n`],
  ["knock.toml", `${OF_TOML}x = ${"= {".repeat(MANY)}\ny = { z = 1`],
  [
    "knock.toml",
    `[doors.a.otp]\n[doors.a.clients.b]\nsecret = "${"=".repeat(MANY)}A"\n`,
  ],
];

for (const [name, text] of LINES) {
  const begin = text.trim().slice(0, 80).replaceAll(/\s+/g, " ");
  Deno.test(`a very long line is judged soon: ${name}: ${begin}`, async () => {
    const start = performance.now();
    const said = await linesAbout(text, name);
    assert.match(said.join("\n"), /^error /m);
    // With its square it would be minutes.
    assert.ok(performance.now() - start < 10_000);
  });
}
