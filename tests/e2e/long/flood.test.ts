/** A daemon under what attackers send: broken packets, and far too many good ones. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ethernet, sll } from "../../core/frames.ts";
import { ACK, RST, SYN, tcp, udp } from "../../core/packets.ts";
import { knock, recordingDoor, Scratch } from "../../lab/daemon.ts";
import { hitFrame, send } from "../../lab/frames_sent.ts";
import { type Host, Network, type Process, waitFor } from "../../lab/net.ts";
import { CLIENT, memoryOf, serveOnWire, SERVER, wiredHosts } from "../../lab/wire.ts";

async function serveSsh(server: Host, scratch: Scratch): Promise<Process> {
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  return await serveOnWire(server, await scratch.config(door));
}

/** Knocks cut short, with lengths that lie, in fragments, with flags of no knock. */
function brokenKnocks(): Uint8Array[] {
  const to = { src: CLIENT, dst: SERVER };
  const right = [7000, 8000, 9000].map((dport) => tcp({ ...to, dport, seq: dport }));
  const each = (change: (packet: Uint8Array) => Uint8Array) => right.map(change);
  const patched = (at: number, ...bytes: number[]) => (packet: Uint8Array) => {
    const copy = packet.slice();
    copy.set(bytes, at);
    return ethernet(copy);
  };
  const variants = [
    each((packet) => ethernet(packet).subarray(0, 30)),
    each((packet) => ethernet(packet.subarray(0, 33))),
    each(patched(2, 0, 21)), // the IP length ends in the header of TCP
    each(patched(0, 0x4f)), // a longer IP header than there are bytes
    each(patched(0, 0x41)), // a shorter one than there can be
    each(patched(6, 0, 1)), // a later fragment
    each(patched(9, 47)), // neither TCP nor UDP
    each(patched(12, 0, 0, 0, 0)), // from nowhere
    each(patched(16, 10, 78, 0, 99)), // for another host
    each(patched(33, ACK)),
    each(patched(33, SYN | ACK)),
    each(patched(33, RST)),
    each((packet) => sll(packet)), // not Ethernet at all
  ];
  const datagram = (dport: number) => ethernet(udp({ ...to, dport }));
  return [...variants.flat(), ...[7000, 8000, 9000].map(datagram)];
}

Deno.test("broken packets open nothing and stop nothing", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const [server, client] = await wiredHosts(net);
  const daemon = await serveSsh(server, scratch);
  const noise = fc.sample(fc.uint8Array({ minLength: 14, maxLength: 1500 }), 2000);
  const types = [[8, 0], [0x86, 0xdd], [0x81, 0], [0x88, 0xa8]];
  for (const [i, bytes] of noise.entries()) bytes.set(types[i % 4]!, 12);
  for (const [i, bytes] of noise.entries()) {
    // Half of them look like IP, so that they get further.
    if (i % 8 < 4 && bytes.length > 40) bytes.set([i % 4 === 0 ? 0x45 : 0x60], 14);
  }
  await send(client, [...brokenKnocks(), ...noise], { device: "k0" });
  await knock(client, SERVER, 7000, 8000, 9000);
  assert.deepEqual(await scratch.waitForLines("opened", 1), [`ssh ${CLIENT}`]);
  assert.equal(await daemon.stop(), 0);
  assert.deepEqual(await scratch.lines("opened"), [`ssh ${CLIENT}`]);
  assert.doesNotMatch(daemon.stderr, /\.ts:\d|rror/);
});

Deno.test("ten knocks in a flood of half a million SYNs to the first port all open", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const [server, client] = await wiredHosts(net);
  const daemon = await serveSsh(server, scratch);
  const before = await memoryOf(daemon);
  const frames = Array.from({ length: 50_000 }, (_, i) => {
    const source = `11.${i >> 16 & 255}.${i >> 8 & 255}.${i & 255}`;
    return hitFrame(source, SERVER, 7000, i);
  });
  let over = false;
  // As long as it takes: a knock that is lost is repeated after seconds.
  const flood = (async () => {
    do await send(client, frames, { device: "k0", loops: 10 }); while (!over);
  })();
  const arrived = async () => {
    const counter = "/sys/class/net/k0/statistics/rx_packets";
    return Number((await server.run(["cat", counter])).stdout);
  };
  await waitFor(async () => await arrived() > 10_000, 10_000, "the flood");
  let repeated = 0;
  for (let i = 0; i < 10; i++) {
    // A machine that is busy otherwise may lose a packet of the flood, or of a knock.
    for (let tries = 1;; tries++) {
      const before = (await scratch.lines("opened")).length;
      await knock(client, SERVER, 7000, 8000, 9000);
      const opened = await scratch.waitForLines("opened", before + 1, 3000).catch(() =>
        0
      );
      if (opened !== 0) break;
      assert.ok(tries < 4, "four knocks in a row were lost");
      repeated++;
    }
  }
  over = true;
  await flood;
  const after = await memoryOf(daemon);
  console.log(
    `10 knocks during the flood, ${repeated} repeated; ` +
      `${Math.round(before)} MiB before, ${Math.round(after)} MiB after`,
  );
  assert.ok(await arrived() > 500_000);
  assert.ok(after < 200, `${after} MiB`);
  assert.ok(daemon.lines.length < 2000, `${daemon.lines.length} lines in the log`);
  const total = (await scratch.lines("opened")).length;
  assert.ok(total >= 10);
  await knock(client, SERVER, 7000, 8000, 9000);
  await waitFor(async () => (await scratch.lines("opened")).length > total);
  assert.equal(await daemon.stop(), 0);
});
