/** The phone's page with the keys of two doors. */
import assert from "node:assert/strict";
import { pageHtml } from "../../../lib/page/page.ts";
import { Browser } from "../../lab/browser.ts";
import { Scratch } from "../../lab/daemon.ts";
import { Network } from "../../lab/net.ts";
import { alice, RotatingDoor } from "../../lab/one_time.ts";

Deno.test("a page has keys of several doors, and keeps to one while it knocks there", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const phone = await net.host("phone");
  const file = `file://${await scratch.write("knock.html", await pageHtml({}))}`;
  await using browser = await Browser.start(phone);
  const linkOf = (name: string) =>
    `${file}#${new RotatingDoor(scratch, name, [alice]).uri(alice, server.ipv4)}`;
  const first = await browser.open(linkOf("ssh"));
  await first.click("#keep");
  await first.getByText(/^Knocked/).waitFor();
  await first.close();

  const page = await browser.open(file);
  await page.click("#forget");
  await page.click("#pasted");
  await page.fill("#line", "ssh");
  await page.click("#read");
  await page.getByText("This is no line of knockd enroll.").waitFor();
  assert.equal(await page.locator("#knock").isVisible(), true);
  await page.fill("#line", `${linkOf("web")}&then=x%3Ay`);
  await page.click("#read");
  await page.click("#keep");
  await page.getByText(/^Knocked/).waitFor();
  // What was tapped once was another door's.
  assert.equal(await page.locator("#forget").textContent(), "Remove this key");

  await page.reload();
  await page.evaluate("Date.now = () => 4e12;");
  await page.click("#knock");
  await page.locator("#doors button").last().click({ force: true });
  await page.getByText(/^Knocked/).waitFor();
  assert.equal(await page.locator("#name").textContent(), "ssh");
  assert.equal(await page.locator("#go").isVisible(), false);
  await page.locator("#doors button").last().click();
  assert.equal(await page.locator("#name").textContent(), "web");
});
