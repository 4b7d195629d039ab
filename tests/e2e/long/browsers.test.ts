/** The phone's page in three engines, from a file and from a server, against a real door. */
import assert from "node:assert/strict";
import { pageHtml, servedFiles } from "../../../lib/page/page.ts";
import { Scratch, serve } from "../../lab/daemon.ts";
import { type Host, Network, type Process } from "../../lab/net.ts";
import { alice, RotatingDoor } from "../../lab/one_time.ts";
import { run } from "../../lab/process.ts";
import { ENGINES, Tab } from "../../lab/tab.ts";
import { libraryFiles } from "../../../tools/pack/library.ts";

const root = new URL("../../../", import.meta.url);

/** How long a tap may take to have opened the door: two steps, on a busy machine. */
const PATIENCE = 120_000;

for (const engine of ENGINES) {
  Deno.test(`${engine} knocks from a file at one tap, and nobody is alarmed`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const phone = await net.host("phone");
    await server.dropIncoming();
    const protocol = engine === "webkit" ? "tcp" : "mixed";
    const door = new RotatingDoor(scratch, "ssh", [alice], { protocol });
    const daemon = await serve(server, await scratch.config(door.text));
    const file = await scratch.write("knock.html", await pageHtml({ host: server.ipv4 }));
    await using tab = await Tab.start(
      phone,
      engine,
      engine === "webkit" ? "en" : "de-DE",
    );
    await tab.open(`file://${file}#${door.uri(alice, server.ipv4)}`);
    await tab.tap("keep");
    const [opened] = await scratch.waitForLines("opened", 1, PATIENCE);
    assert.equal(opened, `ssh alice ${phone.ipv4}`);
    await tab.seen("said", /^(Knocked|Angeklopft)/);
    assert.equal(await tab.run("return location.hash;"), "");
    await tab.open("about:blank");
    await tab.open(`file://${file}`);
    const word = await tab.seen("knock");
    assert.equal(word, engine === "webkit" ? "Knock" : "Anklopfen", "it was kept");
    assert.equal(daemon.lines.filter((line) => /used|refused/.test(line)).join(), "");
    const elsewhere = await scratch.write("x.html", await pageHtml({ host: phone.ipv4 }));
    // A mixed sequence may be of datagrams alone, which its policy lets through.
    const streams = new RotatingDoor(scratch, "tcp", [alice], { protocol: "tcp" });
    await tab.open(`file://${elsewhere}#${streams.uri(alice, server.ipv4)}`);
    await tab.tap("once");
    await tab.seen("warning", /another host|anderen Server/);
    if (engine !== "webkit") return;
    // What has no WebRTC says so.
    const datagrams = new RotatingDoor(scratch, "udp", [alice], { protocol: "udp" });
    await tab.open("about:blank");
    await tab.open(`file://${file}#${datagrams.uri(alice, server.ipv4)}`);
    await tab.tap("once");
    await tab.seen("said", /WebRTC/);
  });

  Deno.test(`${engine} knocks over https, keeps the key, and knows a wrong clock`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const phone = await net.host("phone");
    const web = await net.host("web");
    const door = new RotatingDoor(scratch, "ssh", [alice], { period: 10 });
    await serve(server, await scratch.config(door.text));
    const served = await serveThePage(scratch, web, 90);
    await using tab = await Tab.start(phone, engine);
    const page = `https://${web.ipv4}/`;
    await tab.open(`${page}library.html`);
    assert.deepEqual(await tab.run(VECTORS), [], "the library's vectors");
    await tab.open(`http://${web.ipv4}/`);
    await tab.seen("warning", /came over http/);
    const then = `&then=${encodeURIComponent(`https://${web.ipv4}/icon.svg`)}`;
    await tab.open(`${page}#${door.uri(alice, server.ipv4)}${then}`);
    assert.match(
      await tab.seen("warning"),
      /^The clock of this device is [89]\d s off/,
    );
    await tab.tap("keep");
    await scratch.waitForLines("opened", 1, PATIENCE);
    await tab.waitForAddress(`https://${web.ipv4}/icon.svg`);
    await tab.open(page);
    await tab.tap("knock");
    const opened = await scratch.waitForLines("opened", 2, PATIENCE);
    assert.deepEqual(opened, Array(2).fill(`ssh alice ${phone.ipv4}`));
    // Its driver's windows are private ones, which have no workers.
    if (engine === "webkit") return;
    // What is beside the page is not taken for it.
    await tab.open(`${page}library.html`);
    await served.stop();
    await tab.open(page);
    assert.equal(await tab.seen("knock"), "Knock", "without a network");
  });
}

/** What of the published vectors the npm package does not give in a browser. */
const VECTORS = `return (async () => {
  const names = ["enrolment", "packet", "sequence"];
  const modules = names.map((name) => import("/library/" + name + ".js"));
  const library = Object.assign({}, ...await Promise.all(modules));
  const { wrongVectors } = await import("/vectors.js");
  const [sequences, packets] = await Promise.all(["sequence", "packet"].map(
    async (name) => (await (await fetch(name + "-v1.vectors.json")).json()).vectors,
  ));
  return await wrongVectors(library, sequences, packets);
})();`;

/** Puts the library and what asks it for its vectors beside the page. */
async function addTheLibrary(scratch: Scratch): Promise<void> {
  await Deno.mkdir(scratch.path("library"));
  for (const { name, bytes } of await libraryFiles()) {
    await Deno.writeFile(scratch.path(`library/${name}`), bytes);
  }
  for (const name of ["sequence-v1.vectors.json", "packet-v1.vectors.json"]) {
    await Deno.copyFile(new URL(`docs/${name}`, root), scratch.path(name));
  }
  await Deno.copyFile(
    new URL("tests/library/vectors.js", root),
    scratch.path("vectors.js"),
  );
  await scratch.write("library.html", "<!DOCTYPE html><title>The library</title>");
}

/** Serves the page over http and https, with a certificate of its own. */
async function serveThePage(
  scratch: Scratch,
  web: Host,
  secondsOff: number,
): Promise<Process> {
  for (const [name, text] of Object.entries(await servedFiles({}))) {
    await scratch.write(name, text);
  }
  await addTheLibrary(scratch);
  const [certificate, key] = [scratch.path("web.crt"), scratch.path("web.key")];
  await run([
    ...[
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
    ],
    ...["-nodes", "-days", "2", "-subj", "/CN=web", "-out", certificate, "-keyout", key],
    ...["-addext", `subjectAltName=IP:${web.ipv4}`],
  ]);
  const program = new URL("../../lab/web.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check", program];
  const directory = scratch.path("");
  const server = web.spawn([...deno, directory, certificate, key, `${secondsOff}`]);
  await server.waitForLine(/^listening$/);
  return server;
}
