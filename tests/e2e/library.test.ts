/** The programs of docs/library.md, with the npm package, against a real door. */
import assert from "node:assert/strict";
import { programOf, unpacked } from "../library/package.ts";
import { Scratch, serve } from "../lab/daemon.ts";
import { Network } from "../lab/net.ts";
import { alice, RotatingDoor } from "../lab/one_time.ts";

for (const [word, what] of [["sequenceAt", "ports"], ["packetAt", "packet"]] as const) {
  Deno.test(`twelve lines of somebody's TypeScript open our door by its ${what}`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    await using directory = await unpacked();
    const server = await net.host("server");
    const client = await net.host("client");
    await server.dropIncoming();
    const door = new RotatingDoor(scratch, "ssh", [alice], { packet: 62_201 });
    await serve(server, await scratch.config(door.text));
    const program = `${directory.path}/program.ts`;
    await Deno.writeTextFile(program, await programOf(word));
    const argv = [
      Deno.execPath(),
      "run",
      "--quiet",
      "--allow-all",
      "--no-check",
      program,
    ];
    await client.run(argv, {
      cwd: directory.path,
      env: { KNOCKD_URI: door.uri(alice, server.ipv4) },
    });
    const opened = await scratch.waitForLines("opened", 1);
    assert.deepEqual(opened, [`ssh alice ${client.ipv4}`]);
  });
}
