import assert from "node:assert/strict";
import { parseAddress } from "../../../lib/core/address.ts";
import type { Door, Opening } from "../../../lib/core/door.ts";
import { apart } from "../../../lib/server/leases/plan.ts";
import { door } from "../../core/doors.ts";

const SSH = door("ssh", "1,2,3");
const WEB = door("web", "4,5,6");
const LEAVE = door("leave", "7,8,9", { closes: ["ssh"] });

function knock(door: Door, ip: string): Opening {
  return { door, address: parseAddress(ip)!, port: 1 };
}

function grouped(...knocks: [door: Door, ip: string][]): string[][] {
  const groups = apart(knocks.map(([door, ip]) => knock(door, ip)));
  return groups.map((group) =>
    group.map(({ door, address }) => `${door.name} ${address.text}`)
  );
}

const [A, B] = ["192.0.2.1", "192.0.2.2"];

Deno.test("knocks at different doors, and of different addresses, are one group", () => {
  assert.deepEqual(grouped([SSH, A], [WEB, A], [SSH, B], [LEAVE, "192.0.2.3"]), [
    [`ssh ${A}`, `web ${A}`, `ssh ${B}`, "leave 192.0.2.3"],
  ]);
});

Deno.test("a second knock of an address at a door waits for what the first has done", () => {
  assert.deepEqual(grouped([SSH, A], [SSH, B], [SSH, A]), [
    [`ssh ${A}`, `ssh ${B}`],
    [`ssh ${A}`],
  ]);
});

Deno.test("a knock that closes doors is with no other of its address, before or after", () => {
  assert.deepEqual(grouped([SSH, A], [LEAVE, A], [SSH, B], [SSH, A]), [
    [`ssh ${A}`],
    [`leave ${A}`, `ssh ${B}`],
    [`ssh ${A}`],
  ]);
});
