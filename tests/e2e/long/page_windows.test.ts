/** The phone's page in two windows of one browser: what one does to a key, the other knows. */
import assert from "node:assert/strict";
import { pageHtml } from "../../../lib/page/page.ts";
import { Browser } from "../../lab/browser.ts";
import { Scratch, serve } from "../../lab/daemon.ts";
import { Network } from "../../lab/net.ts";
import { alice, bob, RotatingDoor } from "../../lab/one_time.ts";

Deno.test("a window knocks with the key that another has kept anew, and with none that it has removed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const phone = await net.host("phone");
  const settings = { mode: "hotp" } as const;
  const door = new RotatingDoor(scratch, "ssh", [alice, bob], settings);
  await serve(server, await scratch.config(door.text));
  const uri = door.uri(alice, server.ipv4);
  // Another secret of the same name: as before enroll --rotate.
  const before = door.uri(bob, server.ipv4).replace("client=bob", "client=alice");
  const file = `file://${await scratch.write("knock.html", await pageHtml({}))}`;
  await using browser = await Browser.start(phone);

  const one = await browser.open(`${file}#${before}`);
  await one.click("#keep");
  const opened = [`ssh bob ${phone.ipv4}`];
  const opensAgain = async () => {
    opened.push(`ssh alice ${phone.ipv4}`);
    assert.deepEqual(await scratch.waitForLines("opened", opened.length), opened);
  };
  assert.deepEqual(await scratch.waitForLines("opened", 1), opened);
  await one.getByText(/^Knocked/).waitFor();
  const other = await browser.open(`${file}#${uri}`);
  await other.click("#keep");
  await opensAgain();
  await other.getByText(/^Knocked/).waitFor();

  await one.click("#knock");
  await opensAgain();
  await one.getByText(/^Knocked/).waitFor();
  await other.reload();
  await other.click("#knock");
  await opensAgain();
  await other.getByText(/^Knocked/).waitFor();

  for (let tap = 0; tap < 2; tap++) await other.click("#forget");
  await other.locator("#paste").waitFor();
  await one.click("#knock");
  await one.getByText("This key was removed in another window.").waitFor();
});

Deno.test("a window that was open before takes no counter that another has used since", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const phone = await net.host("phone");
  const door = new RotatingDoor(scratch, "ssh", [alice], { mode: "hotp" });
  await serve(server, await scratch.config(door.text));
  const file = `file://${await scratch.write("knock.html", await pageHtml({}))}`;
  await using browser = await Browser.start(phone);
  const link = `${file}#${door.uri(alice, server.ipv4)}`;
  const windows = [];
  for (let window = 0; window < 3; window++) windows.push(await browser.open(link));

  const taps = ["#keep", "#keep", "#once"];
  for (const [index, page] of windows.entries()) {
    await page.click(taps[index]!);
    await page.getByText(/^Knocked/).waitFor();
    assert.equal((await scratch.waitForLines("opened", index + 1)).length, index + 1);
  }
  await windows[0]!.click("#knock");
  assert.equal((await scratch.waitForLines("opened", 4)).length, 4);
});
