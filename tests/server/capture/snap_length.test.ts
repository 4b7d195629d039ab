import assert from "node:assert/strict";
import { frame } from "../../core/frames.ts";
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import { udp } from "../../core/packets.ts";
import { Hit } from "../../../lib/core/hit.ts";
import { LinkType, parsePacket } from "../../../lib/core/packet/parse.ts";
import { Capture } from "../../../lib/server/capture/capture.ts";
import { snapLengthFor } from "../../../lib/server/capture/snap_length.ts";
import { door } from "../../core/doors.ts";
import { alice, rotatingDoor } from "../knocks/rotation/rotation_world.ts";
import { FakeSystem, settle } from "../fake_system.ts";
import { MemoryNetwork } from "./memory_network.ts";

const plain = door("ssh", "7000,8000,9000");
const packets = rotatingDoor("ssh", [alice], { packet: 62_201 });

Deno.test("more of a packet is kept only where some door looks into it", () => {
  assert.equal(snapLengthFor([plain]), 128);
  assert.equal(snapLengthFor([plain, packets]), 256);
});

Deno.test("what is kept reaches a packet's end behind tags and extension headers", () => {
  const extensions = [{ type: 0, length: 7 }, { type: 60, length: 7 }];
  const data = new Uint8Array(24).fill(7);
  const packet = udp({ src: "2001:db8::1", dst: "2001:db8::2", extensions, data });
  const bytes = frame(LinkType.ETHERNET, packet);
  assert.ok(bytes.length + 8 <= 256, `${bytes.length}`);
  const hit = new Hit();
  assert.ok(parsePacket(LinkType.ETHERNET, bytes, 0, bytes.length, hit));
  assert.equal(hit.payloadLength, data.length);
  assert.deepEqual(bytes.subarray(hit.payload, hit.payload + data.length), data);
});

/** A capture that listens, how much of a packet it is to keep, and what it heard. */
async function listening() {
  const network = new MemoryNetwork();
  network.add("eth0");
  const heard = { snapLength: 128, packets: 0, events: [] as string[] };
  const capture = new Capture({
    interfaces: ["eth0"],
    filter: () => "udp",
    snapLength: () => heard.snapLength,
    onPacket: () => void heard.packets++,
    onEvent: ({ kind }) => heard.events.push(kind),
    network: () => network,
    system: new FakeSystem(),
  });
  capture.start();
  await settle();
  return Object.assign(heard, { network, capture });
}

Deno.test("a capture that has to keep more is opened anew, and misses nothing", async () => {
  const world = await listening();
  const { network, capture } = world;
  const before = network.source("eth0")!;
  capture.refilter();
  assert.equal(network.source("eth0"), before, "it is enough");
  before.waiting.push({ bytes: new Uint8Array(60), time: 1 });
  world.snapLength = 256;
  capture.refilter();
  const after = network.source("eth0")!;
  assert.notEqual(after, before);
  assert.deepEqual([before.snapLength, after.snapLength], [128, 256]);
  assert.equal(world.packets, 1, "what had waited was read");
  world.snapLength = 128;
  capture.refilter();
  assert.equal(network.source("eth0"), after, "more than enough is no reason");
  assert.deepEqual(world.events.filter((kind) => kind !== "addresses"), ["listening"]);
  await capture.close();
});

Deno.test("a capture that is opened anew reads all that had waited, and gives back what broke", async () => {
  const world = await listening();
  const { network, capture } = world;
  const before = network.source("eth0")!;
  for (let time = 0; time < 9; time++) {
    before.waiting.push({ bytes: new Uint8Array(60), time });
  }
  world.snapLength = 192;
  capture.refilter();
  assert.equal(world.packets, 9);
  assert.equal(capture.status()[0]?.packets, 9);
  network.source("eth0")!.failure = new PcapError("other", "it broke");
  world.snapLength = 256;
  capture.refilter();
  assert.ok(
    network.opened.every(({ closed }) => closed),
    "none is open that nobody reads",
  );
  assert.equal(capture.status()[0]?.hears, false);
  assert.equal(world.events.at(-1), "deaf");
  await capture.close();
});
