import assert from "node:assert/strict";
import { EarlySources } from "../../../lib/server/capture/early_sources.ts";
import type { PacketSource } from "../../../lib/server/capture/network.ts";
import { SNAP_LENGTH } from "../../../lib/server/capture/snap_length.ts";
import { MemorySource } from "./memory_network.ts";

const source = () =>
  new MemorySource(3, { index: 1, up: true, addresses: [] }, SNAP_LENGTH);

Deno.test("what was opened early is handed over once, and to whoever needs as much of a packet", async () => {
  const [one, other] = [source(), source()];
  const open = (name: string) => Promise.resolve(name === "eth0" ? one : other);
  const early = new EarlySources(["eth0", "eth1"], SNAP_LENGTH, open);
  assert.equal(early.take("eth0", SNAP_LENGTH), undefined, "it is not open yet");
  await early.ready;
  assert.equal(early.take("eth0", SNAP_LENGTH + 1), undefined);
  assert.equal(early.take("wlan0", SNAP_LENGTH), undefined);
  assert.equal(early.take("eth0", SNAP_LENGTH), one);
  assert.equal(early.take("eth0", SNAP_LENGTH), undefined);
  early.close();
  assert.ok(!one.closed, "what was taken is the taker's to close");
  assert.ok(other.closed);
});

Deno.test("what can't be opened early keeps nobody from the rest", async () => {
  const open = (name: string): Promise<PacketSource> =>
    name === "eth0" ? Promise.reject(new Error("gone")) : Promise.resolve(source());
  const early = new EarlySources(["eth0", "eth1"], SNAP_LENGTH, open);
  await early.ready;
  assert.equal(early.take("eth0", SNAP_LENGTH), undefined);
  assert.ok(early.take("eth1", SNAP_LENGTH) !== undefined);
});

Deno.test("what is open only after the end is closed at once", async () => {
  const { promise, resolve } = Promise.withResolvers<PacketSource>();
  const early = new EarlySources(["eth0"], SNAP_LENGTH, () => promise);
  early.close();
  const late = source();
  resolve(late);
  await early.ready;
  assert.ok(late.closed);
});
