/** Packets that come again, and packets that only look as if they did. */
import assert from "node:assert/strict";
import { parseAddress } from "../../../../lib/core/address.ts";
import { door } from "../../doors.ts";
import { type Trial, trial } from "../trial.ts";
import { ACK, HOST, openings, ordered, OTHER, packets, play } from "../trial.ts";

const FIN = 0x01;
const ABC = ordered(door("a", "7000,8000,9000", { seqTimeout: 5 }));

/** How many openings packets bring about that come again so many milliseconds later. */
function again(trial: Trial, delays: number[]): number {
  const sent = packets("7000 8000 9000");
  const all = [0, ...delays].flatMap((delay) =>
    sent.map((hit) => ({ ...hit, time: hit.time + delay }))
  );
  return openings(play(trial, all)).length;
}

Deno.test("what the kernel sends again at 1, 3, 7, 15, 31, 63 and 127 s opens once", () => {
  const delays = [1, 3, 7, 15, 31, 63, 127].map((second) => 1000 * second);
  assert.equal(again(trial([ABC]), delays), 1);
});

Deno.test("a sequence number is good again when the life of a SYN is over", () => {
  assert.equal(again(trial([ABC]), [130_000]), 1);
  assert.equal(again(trial([ABC]), [130_001]), 2);
});

Deno.test("what hit two ports in turn, and then the third, opens once though all is sent again", () => {
  const sent = packets(`${"7000 8000 ".repeat(60)}9000`);
  const late = sent.map((hit) => ({ ...hit, time: hit.time + 1000 }));
  assert.equal(openings(play(trial([ABC]), [...sent, ...late])).length, 1);
});

Deno.test("datagrams from one socket are hits, each with another identification", () => {
  const UDP: [string, number][] = [
    ["7000:udp 7000:udp", 1],
    ["7000:udp 8000:udp 7000:udp", 1],
    ["19132:udp 19132:udp 19132:udp 19132:udp", 1],
  ];
  for (const [knock, opens] of UDP) {
    const one = trial([ordered(door("a", knock.replaceAll(" ", ",")))]);
    const sent = packets(knock, { sourcePort: 53 });
    assert.equal(openings(play(one, sent)).length, opens);
  }
});

Deno.test("a datagram with the same identification is a copy for 100 ms", () => {
  const copies = (identification: number, gap: number) => {
    const one = trial([ordered(door("a", "7000:udp,7000:udp"))]);
    const [hit] = packets("7000:udp", { sourcePort: 53, identification });
    one.send(hit!);
    return openings(one.send({ ...hit!, time: hit!.time + gap })).length === 0;
  };
  for (const identification of [0, 77]) {
    assert.ok(copies(identification, 100));
    assert.ok(!copies(identification, 101));
  }
});

Deno.test("a datagram without an identification is told by its length and checksum", () => {
  const opens = (other: { length?: number; checksum?: number }) => {
    const one = trial([ordered(door("a", "7000:udp,7000:udp"))]);
    const [hit] = packets("7000:udp", { sourcePort: 53, identification: 0 });
    return openings(play(one, [hit!, { ...hit!, ...other }])).length;
  };
  assert.deepEqual([opens({}), opens({ length: 9 }), opens({ checksum: 8 })], [0, 1, 1]);
});

Deno.test("the FIN of a connection is no copy of the ACK before it", () => {
  const leave = ordered(
    door("leave", "7000", { tcpFlags: { mask: FIN, value: FIN } }),
  );
  const both = trial([
    leave,
    ordered(door("any", "7000", { tcpFlags: { mask: 0, value: 0 } })),
  ]);
  const [ack] = packets("7000", { flags: ACK });
  play(both, [ack!]);
  assert.deepEqual(openings(both.send({ ...ack!, flags: ACK | FIN })).sort(), [
    "open any 192.0.2.7",
    "open leave 192.0.2.7",
  ]);
});

Deno.test("the newest 128 packets of a source are known, and no more", () => {
  const one = trial([ordered(door("a", "7000"))]);
  const sent = packets(Array(129).fill("7000").join(" "));
  assert.equal(openings(play(one, sent)).length, 129);
  assert.equal(openings(play(one, sent.slice(1))).length, 0);
  assert.equal(openings(play(one, sent.slice(0, 1))).length, 1);
});

Deno.test("a packet to another address of the host is no copy", () => {
  const one = trial([ordered(door("a", "7000,7000"))]);
  one.matcher.setHostAddresses([HOST, OTHER].map((text) => parseAddress(text)!));
  const [hit] = packets("7000");
  const sent = [hit!, { ...hit!, destination: OTHER }];
  assert.equal(openings(play(one, sent)).length, 1);
});
