import { deepEqual } from "node:assert/strict";
import { parseAddress } from "../../../lib/core/address.ts";
import type { KernelDoor } from "../../../lib/core/firewall/guarded_door.ts";
import { findDoors } from "../../../lib/server/firewall/door_elements.ts";
import { DoorTable } from "../../../lib/server/firewall/door_table.ts";
import { restOf } from "../../../lib/server/firewall/rest_of_table.ts";
import { opening } from "../../core/firewall/doors.ts";
import { FakeNft } from "./fake_nft.ts";

const SSH = opening("ssh", "22");
const GAME = opening("game", "20-30:udp");
const HTTP = opening("http", "8000-8010");
const PART = opening("part", "8003-8005");
const BEHIND = { ...opening("behind", "22"), target: parseAddress("fd00::9")! };

/** What of a table that was made for some doors is not of the others. */
function rest(made: readonly KernelDoor[], asked: readonly KernelDoor[]) {
  const nft = new FakeNft();
  const monotonic = () => nft.now;
  const table = new DoorTable({
    ...{ name: "knockd", owner: "aa", nft, monotonic },
    sessions: () => [],
  });
  table.apply(made);
  table.openAll(made.map(({ name, target }) => {
    const ip = target?.family === 6 ? "fd00::1" : "10.0.0.1";
    return { door: name, ip, ms: 10_000 };
  }));
  const { there } = findDoors(nft, "knockd", asked);
  const { ports, open } = restOf(nft, "knockd", there, nft.now);
  return [...ports, ...open.map(({ ip }) => ip)];
}

Deno.test("of a table that is these doors' own there is no rest", () => {
  deepEqual(rest([SSH, GAME, BEHIND], [BEHIND, SSH, GAME]), []);
});

Deno.test("ports of forgotten doors are told, and who may pass there", () => {
  deepEqual(rest([SSH, GAME], [GAME]), ["port 22", "10.0.0.1"]);
  deepEqual(rest([SSH, GAME], []), ["port 22, 20-30:udp", "10.0.0.1", "10.0.0.1"]);
  deepEqual(rest([SSH, BEHIND], [SSH]), ["port 22 of fd00::9", "fd00::1"]);
});

Deno.test("a port that a door has as well is told of neither, who may pass is", () => {
  deepEqual(rest([HTTP, PART], [PART]), ["port 8000-8002, 8006-8010", "10.0.0.1"]);
  deepEqual(rest([HTTP, PART], [HTTP]), ["10.0.0.1"]);
});

Deno.test("a door that has changed since is told as the table has it", () => {
  deepEqual(rest([SSH], [opening("ssh", "23")]), ["port 22", "10.0.0.1"]);
});
