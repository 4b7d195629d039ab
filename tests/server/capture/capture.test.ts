import assert from "node:assert/strict";
import { Faults } from "../../../lib/server/faults.ts";
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import { Failure } from "../../../lib/core/failure.ts";
import { Capture, type CaptureOptions } from "../../../lib/server/capture/capture.ts";
import {
  BURST,
  COALESCE_MS,
  LOOK_MS,
  SAFETY_LOOK_MS,
  SETTLE_MS,
  SLICE_MS,
} from "../../../lib/server/capture/timing.ts";
import { FakeSystem, settle } from "../fake_system.ts";
import { MemoryNetwork } from "./memory_network.ts";

/** A capture of eth0 in memory, started, with what it told. */
async function start(parts: Partial<CaptureOptions> = {}) {
  const network = new MemoryNetwork();
  const eth0 = network.add("eth0", { addresses: ["10.0.0.1"] });
  const system = new FakeSystem();
  const told: string[] = [];
  const capture = new Capture({
    interfaces: ["eth0"],
    filter: () => "tcp",
    onPacket: (linkType, _bytes, offset, captured, time) =>
      told.push(`packet ${linkType} ${offset} ${captured} ${time}`),
    onEvent: ({ kind }) => told.push(kind),
    network: () => network,
    system,
    ...parts,
  });
  capture.start();
  await settle();
  return { capture, network, eth0, system, news: () => told.splice(0) };
}

const packet = (time = 1) => ({ bytes: new Uint8Array(60), time });
const packets = (count: number) => Array.from({ length: count }, (_, i) => packet(i));

Deno.test("a packet is handed over at once when traffic is quiet", async () => {
  const { capture, network, news } = await start();
  assert.deepEqual(news(), ["addresses", "listening"]);
  network.arrive("eth0", packet(5), packet(6.5));
  await settle();
  assert.deepEqual(news(), ["packet 1 0 60 5", "packet 1 0 60 6.5"]);
  await capture.close();
});

Deno.test("whoever is woken reads though nothing came, and waits again", async () => {
  const { capture, network, news } = await start();
  news();
  capture.wake();
  await settle();
  assert.deepEqual([news(), network.waits], [[], 2]);
  await capture.close();
  capture.wake();
});

Deno.test("heavy traffic gathers between reads until it is quiet again", async () => {
  let busy = 0;
  const { capture, network, system, news } = await start({ onBusy: () => busy++ });
  network.arrive("eth0", ...packets(BURST + 1));
  await settle();
  assert.equal(news().length, 2 + BURST + 1);

  const { waits } = network;
  network.arrive("eth0", packet());
  await settle();
  assert.deepEqual(news(), [], "it is not read before the time");
  await system.advance(COALESCE_MS);
  assert.deepEqual(news(), ["packet 1 0 60 1"]);
  assert.equal(network.waits, waits, "nobody waited for a packet meanwhile");

  await system.advance(10 * COALESCE_MS);
  network.arrive("eth0", packet(3));
  await settle();
  assert.deepEqual(news(), ["packet 1 0 60 3"]);
  assert.equal(busy, 1, "who wants to know is told of the beginning");
  await capture.close();
});

Deno.test("packets that take long to follow up leave timers and commands their turn", async () => {
  const real = new FakeSystem();
  let spent = 0;
  const system = {
    monotonic: () => real.monotonic() + spent,
    schedule: (ms: number, run: () => void) => real.schedule(ms, run),
  };
  const onPacket = () => void (spent += 1);
  const { capture, network } = await start({ system, onPacket });
  network.arrive("eth0", ...packets(1000));
  let longest = 0;
  for (let before = spent; spent < 1000; before = spent) {
    await Promise.resolve();
    longest = Math.max(longest, spent - before);
  }
  assert.ok(longest >= SLICE_MS && longest <= SLICE_MS + network.source("eth0")!.batch);
  await capture.close();
});

Deno.test("a change that the kernel tells is followed at once, many of them by one look", async () => {
  const { capture, network, eth0, system, news } = await start();
  news();
  eth0.addresses = ["10.0.0.9"];
  network.tellChange();
  await system.advance(SETTLE_MS / 2);
  network.tellChange();
  await system.advance(SETTLE_MS / 2);
  assert.deepEqual(news(), ["addresses"]);
  await capture.close();
});

Deno.test("a change that nobody tells is found by looking now and then", async () => {
  const { capture, eth0, system, news } = await start();
  news();
  eth0.addresses = ["10.0.0.9"];
  await system.advance(SAFETY_LOOK_MS);
  assert.deepEqual(news(), ["addresses"]);
  await capture.close();
});

Deno.test("where the system tells no changes, looks are frequent", async () => {
  const network = new MemoryNetwork();
  network.tellsChanges = false;
  const eth0 = network.add("eth0");
  const { capture, system, news } = await start({ network: () => network });
  news();
  eth0.addresses = ["10.0.0.9"];
  await system.advance(LOOK_MS);
  assert.deepEqual(news(), ["addresses"]);
  await capture.close();
});

Deno.test("a broken interface is said to be deaf at once and soon heard again", async () => {
  const { capture, network, system, news } = await start();
  news();
  network.break(network.source("eth0")!);
  await settle();
  assert.deepEqual(news(), ["deaf"]);
  assert.equal(capture.status()[0]?.hears, false);
  await system.advance(LOOK_MS);
  assert.deepEqual(news(), ["listening"]);
  network.arrive("eth0", packet(9));
  await settle();
  assert.deepEqual(news(), ["packet 1 0 60 9"]);
  await capture.close();
});

Deno.test("other interfaces are heard as soon as they are set", async () => {
  const { capture, network, news } = await start();
  network.add("eth1");
  capture.setInterfaces(["eth1"]);
  await settle();
  assert.deepEqual(news(), ["addresses", "listening", "left", "listening"]);
  network.arrive("eth1", packet(2));
  await settle();
  assert.deepEqual(news(), ["packet 1 0 60 2"]);
  await capture.close();
});

Deno.test("a closed capture leaves nothing open and no timer behind", async () => {
  const { capture, network, system } = await start();
  await capture.close();
  await capture.close();
  assert.equal(network.opened.every(({ closed }) => closed), true);
  assert.equal(network.closed, true);
  assert.equal(system.timers, 0);
  assert.deepEqual(capture.status(), []);
});

Deno.test("a capture that may not start leaves nothing open", async () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  network.add("eth1", { refusal: new PcapError("no-library", "libpcap was not found") });
  await assert.rejects(
    start({ network: () => network, interfaces: ["eth0", "eth1"] }),
    (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /libpcap was not found/);
      return true;
    },
  );
  assert.equal(network.opened.every(({ closed }) => closed), true);
  assert.equal(network.closed, true);
});

Deno.test("a handler that throws is told, and the capture goes on soon", async () => {
  const faults: string[] = [];
  const heard: number[] = [];
  const { capture, network, system } = await start({
    onPacket(_linkType, _bytes, _offset, _captured, time) {
      if (time === 1) throw new Error("handler");
      heard.push(time);
    },
    faults: new Faults({ monotonic: () => 0 }, (line) => faults.push(line)),
  });
  network.arrive("eth0", packet(1));
  await settle();
  assert.deepEqual(faults, ["handler; going on, and trying again"]);
  network.arrive("eth0", packet(2));
  await system.advance(LOOK_MS);
  assert.deepEqual(heard, [2]);
  await capture.close();
});
