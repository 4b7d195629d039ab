/** The phone's page in two windows of one browser: what one does to a key, the other knows. */
import assert from "node:assert/strict";
import { pageHtml } from "../../../lib/page/page.ts";
import { Browser } from "../../lab/browser.ts";
import { Scratch, serve } from "../../lab/daemon.ts";
import { Network } from "../../lab/net.ts";
import { alice, RotatingDoor } from "../../lab/one_time.ts";

Deno.test("a window knocks with the key that another has kept anew, and with none that it has removed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const phone = await net.host("phone");
  const settings = { mode: "hotp" } as const;
  // Its secret is another, its name is the same: as after enroll --rotate.
  const before = new RotatingDoor(scratch, "ssh", [alice], settings);
  const door = new RotatingDoor(scratch, "ssh", [alice], settings);
  await serve(server, await scratch.config(door.text));
  const file = `file://${await scratch.write("knock.html", await pageHtml({}))}`;
  await using browser = await Browser.start(phone);

  const one = await browser.open(`${file}#${before.uri(alice, server.ipv4)}`);
  await one.click("#keep");
  await one.getByText(/^Knocked/).waitFor();
  const other = await browser.open(`${file}#${door.uri(alice, server.ipv4)}`);
  await other.click("#keep");
  await scratch.waitForLines("opened", 1);
  await other.getByText(/^Knocked/).waitFor();

  await one.click("#knock");
  assert.deepEqual(
    await scratch.waitForLines("opened", 2),
    Array(2).fill(`ssh alice ${phone.ipv4}`),
  );
  await one.getByText(/^Knocked/).waitFor();
  await other.reload();
  await other.click("#knock");
  await scratch.waitForLines("opened", 3);
  await other.getByText(/^Knocked/).waitFor();

  for (let tap = 0; tap < 2; tap++) await other.click("#forget");
  await other.locator("#paste").waitFor();
  await one.click("#knock");
  await one.getByText("This key was removed in another window.").waitFor();
});
