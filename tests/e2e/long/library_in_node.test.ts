/** The npm package under the oldest Node that it promises, and under a newer one. */
import assert from "node:assert/strict";
import packets from "../../../docs/packet-v1.vectors.json" with { type: "json" };
import sequences from "../../../docs/sequence-v1.vectors.json" with { type: "json" };
import { Scratch, serve } from "../../lab/daemon.ts";
import { Network } from "../../lab/net.ts";
import { alice, RotatingDoor } from "../../lab/one_time.ts";
import { run } from "../../lab/process.ts";
import { programOf, unpacked } from "../../library/package.ts";

const VECTORS = `
import * as enrolment from "knockd/enrolment";
import * as packet from "knockd/packet";
import * as sequence from "knockd/sequence";
import { wrongVectors } from "./vectors.js";
import vectors from "./vectors.json" with { type: "json" };
const library = { ...enrolment, ...packet, ...sequence };
const wrong = await wrongVectors(library, vectors.sequences, vectors.packets);
console.log(process.version, JSON.stringify(wrong));
`;

for (const version of [20, 24]) {
  Deno.test(`the package gives every published vector in Node ${version}, and opens a door`, async () => {
    await using directory = await unpacked();
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${directory.path}/${name}`, text);
    const source = new URL("../../library/vectors.js", import.meta.url);
    await Deno.copyFile(source, `${directory.path}/vectors.js`);
    const vectors = { sequences: sequences.vectors, packets: packets.vectors };
    await write("vectors.json", JSON.stringify(vectors));
    await write("program.js", VECTORS);
    const node = await nodeOf(version);
    const { stdout } = await run([node, "program.js"], { cwd: directory.path });
    assert.match(stdout, new RegExp(`^v${version}\\.\\S+ \\[\\]\\n$`));

    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    await server.dropIncoming();
    const door = new RotatingDoor(scratch, "ssh", [alice]);
    await serve(server, await scratch.config(door.text));
    // The program of the docs has no types but its imports'.
    await write("knock.mjs", await programOf("sequenceAt"));
    const env = { KNOCKD_URI: door.uri(alice, server.ipv4) };
    await client.run([node, "knock.mjs"], { cwd: directory.path, env });
    const opened = await scratch.waitForLines("opened", 1);
    assert.deepEqual(opened, [`ssh alice ${client.ipv4}`]);
  });
}

/** Where that Node is: npm has it as a package, and fetches it once. */
async function nodeOf(version: number): Promise<string> {
  const argv = ["npx", "--yes", `node@${version}`, "-p", "process.execPath"];
  return (await run(argv, { timeout: 300_000 })).stdout.trim();
}
