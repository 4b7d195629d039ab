import assert from "node:assert/strict";
import { parseAddress } from "../../../../lib/core/address.ts";
import { Hit } from "../../../../lib/core/hit.ts";
import { packetKey, packetPayload } from "../../../../lib/core/one_time/packet.ts";
import { LinkType, parsePacket } from "../../../../lib/core/packet/parse.ts";
import { LivePacket } from "../../../../lib/server/knocks/packets/live_packet.ts";
import { PacketTable } from "../../../../lib/server/knocks/packets/packet_table.ts";
import { frame } from "../../../core/frames.ts";
import { udp } from "../../../core/packets.ts";
import { ALICE, alice, HOST, rotatingDoor } from "../rotation/rotation_world.ts";

const PORT = 62_201;
const door = rotatingDoor("ssh", [alice], { packet: PORT });
const key = packetKey(alice.secret, door.label);

Deno.test("a packet of as many clients with one secret as there are is found", () => {
  const table = new PacketTable([]);
  table.setHostAddresses([parseAddress(HOST)!]);
  const issuer = { door, client: alice, port: PORT, bound: false, key };
  const all = Array.from({ length: 257 }, () => new LivePacket(issuer, 7));
  const data = packetPayload(key, 7);
  const packet = udp({ src: ALICE, dst: HOST, sport: 4711, dport: PORT, data });
  const bytes = frame(LinkType.ETHERNET, packet);
  const hit = new Hit();
  assert.ok(parsePacket(LinkType.ETHERNET, bytes, 0, bytes.length, hit));
  for (const each of all) {
    table.add(each);
    assert.equal(table.find(hit, bytes), all[0]);
  }
  for (const each of all) {
    assert.equal(table.find(hit, bytes), each);
    table.remove(each);
  }
  assert.equal(table.find(hit, bytes), undefined);
});
