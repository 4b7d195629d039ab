/** The phone's page in a real browser, against a real rotating door. */
import assert from "node:assert/strict";
import { pageHtml } from "../../../lib/page/page.ts";
import { Browser } from "../../lab/browser.ts";
import { Scratch, serve } from "../../lab/daemon.ts";
import { Network } from "../../lab/net.ts";
import { alice, RotatingDoor } from "../../lab/one_time.ts";

/** How long a tap may take to have opened the door. */
const PATIENCE = 60_000;

for (const protocol of ["tcp", "mixed"] as const) {
  Deno.test(`one tap on the page that a link opens, and the ${protocol} door is open`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const phone = await net.host("phone");
    const door = new RotatingDoor(scratch, "ssh", [alice], { protocol });
    await serve(server, await scratch.config(door.text));
    const file = await scratch.write("knock.html", await pageHtml({}));
    await using browser = await Browser.start(phone);
    const page = await browser.open(`file://${file}#${door.uri(alice, server.ipv4)}`);
    await page.waitForSelector("#once:not([hidden])");
    assert.ok(!page.url().includes("secret"), "the secret is still in the address");
    await page.click("#once");
    const [opened] = await scratch.waitForLines("opened", 1, PATIENCE);
    assert.equal(opened, `ssh alice ${phone.ipv4}`);
  });
}

Deno.test("a key that is kept knocks after the page was closed, in German too", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const phone = await net.host("phone");
  const door = new RotatingDoor(scratch, "ssh", [alice]);
  await serve(server, await scratch.config(door.text));
  const file = await scratch.write("knock.html", await pageHtml({ host: server.ipv4 }));
  await using browser = await Browser.start(phone, "de-DE");
  const first = await browser.open(`file://${file}#${door.uri(alice, server.ipv4)}`);
  await first.click("#keep");
  await scratch.waitForLines("opened", 1, PATIENCE);
  await first.close();
  const second = await browser.open(`file://${file}`);
  assert.equal(await second.textContent("#knock"), "Anklopfen");
  await second.click("#knock");
  const opened = await scratch.waitForLines("opened", 2, 2 * PATIENCE);
  assert.deepEqual(opened, Array(2).fill(`ssh alice ${phone.ipv4}`));
});
