import assert from "node:assert/strict";
import { pageCommand } from "../../lib/cli/page.ts";
import { inDirectory } from "../config/files.ts";
import { runSubcommand } from "./program.ts";

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(bytes).toBase64()}`;
}

Deno.test("the page runs its own script alone, and names nothing outside of itself", async () => {
  const { stdout } = await runSubcommand(pageCommand(), []);
  const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(stdout)!;
  const [, script = ""] = /<script type="module">([^]*)<\/script>/.exec(stdout)!;
  assert.ok(policy.includes(`script-src '${await digest(script)}'`), policy);
  assert.ok(script.length > 1000 && !/^(import|export) /m.test(script));
  assert.deepEqual(stdout.match(/(src|href)="(?!data:)[^"]*"/g), null);
});

Deno.test("page --host lets the page knock at that host alone", async () => {
  const { stdout } = await runSubcommand(pageCommand(), ["--host", "gate.example.org"]);
  assert.match(
    stdout,
    /connect-src 'self' http:\/\/gate\.example\.org:\* https:\/\/gate\.example\.org:\*;/,
  );
});

Deno.test("page --host takes a name with other letters as browsers have it", async () => {
  const { stdout } = await runSubcommand(pageCommand(), ["--host", "bücher.example"]);
  assert.ok(stdout.includes("http://xn--bcher-kva.example:*"));
});

Deno.test("page --host takes nothing that could change the page's policy", async () => {
  for (
    const host of [
      "a; script-src *",
      "a b",
      "*",
      'a">',
      "2001:db8::1",
      "",
      "bü; x",
      "bü%20.de",
    ]
  ) {
    const { code } = await runSubcommand(pageCommand(), ["--host", host]);
    assert.equal(code, 2, host);
  }
});

Deno.test("page --dir writes what a phone installs", async () => {
  await inDirectory(async (directory) => {
    const { code } = await runSubcommand(pageCommand(), ["--dir", `${directory}/www`]);
    assert.equal(code, 0);
    const names = [...Deno.readDirSync(`${directory}/www`)].map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      "icon.svg",
      "index.html",
      "manifest.webmanifest",
      "worker.js",
    ]);
    const html = await Deno.readTextFile(`${directory}/www/index.html`);
    assert.match(html, /<link rel="manifest" href="manifest\.webmanifest">/);
  });
});
