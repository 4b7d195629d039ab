import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type Address, parseAddress } from "../../../lib/core/address.ts";
import type { PortRange } from "../../../lib/core/firewall/kernel_ports.ts";
import { DoorTable } from "../../../lib/server/firewall/door_table.ts";
import { NftError } from "../../../ffi/nftables/nftables.ts";
import { opening } from "../../core/firewall/doors.ts";
import { FakeNft } from "./fake_nft.ts";

const ALICE = parseAddress("10.0.0.1")!;
const BOB = parseAddress("fd00::2")!;
const SSH = opening("ssh", "22");
const WEB = opening("web", "443");
const ONCE = opening("once", "8443", { connections: 1 });

/** A daemon's table on a ruleset; its sessions are one on each guarded port. */
function tableOn(
  nft: FakeNft,
  name = "knockd",
  owner = "aa",
  onList = () => {},
): DoorTable {
  const sessions = (ports: readonly PortRange[]) => {
    onList();
    return ports.map(({ first }) => ({
      local: parseAddress("10.0.0.9")!,
      localPort: first,
      peer: ALICE,
      peerPort: 5000,
    }));
  };
  return new DoorTable({ name, owner, nft, monotonic: () => nft.now, sessions });
}

function open(table: DoorTable, door: string, address: Address, ms: number): void {
  table.openAll([{ door, ip: address.text, ms }]);
}

function fresh(): { nft: FakeNft; table: DoorTable } {
  const nft = new FakeNft();
  const table = tableOn(nft);
  table.apply([SSH, WEB, ONCE]);
  return { nft, table };
}

Deno.test("a door opens for one address and its time, and a second knock renews it", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  nft.now += 4000;
  open(table, "ssh", ALICE, 10_000);
  open(table, "web", BOB, 20_000);
  deepEqual(nft.open(), ["d0_4 10.0.0.1 10.25s", "d1_6 fd00::2 20.25s"]);
  table.close([{ door: "ssh", ip: ALICE.text }]);
  table.close([{ door: "ssh", ip: ALICE.text }]);
  deepEqual(nft.open(), ["d1_6 fd00::2 20.25s"]);
});

Deno.test("making the table names the sessions of its ports, and only then", () => {
  const { nft } = fresh();
  ok(nft.texts[0]!.includes("live_4 { 10.0.0.1 . 5000 . 10.0.0.9 . 22 timeout 5d }"));
  const before = nft.texts.length;
  tableOn(nft).apply([SSH, WEB, ONCE]);
  ok(nft.texts.slice(before).every((text) => !text.includes(" . 22 timeout")));
});

Deno.test("a door that is new on reload names the sessions of its ports", () => {
  const { nft, table } = fresh();
  table.apply([SSH, WEB, ONCE, opening("mail", "25")]);
  const text = nft.texts.at(-1)!;
  ok(text.includes(" . 25 timeout 5d") && !text.includes(" . 22 timeout 5d"));
});

Deno.test("a reload in another order leaves every element and its clock alone", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  nft.now += 1000;
  table.apply([ONCE, WEB, SSH]);
  deepEqual(nft.open(), ["d0_4 10.0.0.1 9.25s"]);
  table.close([{ door: "ssh", ip: ALICE.text }]);
  deepEqual(nft.open(), []);
});

Deno.test("a door that is gone, or opens something else, loses its elements", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  open(table, "web", ALICE, 10_000);
  table.apply([opening("ssh", "2222"), ONCE]);
  deepEqual(nft.open(), []);
  equal(nft.sets("knockd").some(({ name }) => name.startsWith("d1_")), false);
});

Deno.test("a restart finds the elements, and what has no timeout goes", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  nft.run("add element inet knockd d0_4 { 10.0.0.7 }\n");
  const next = tableOn(nft);
  next.apply([WEB, SSH]);
  const found = next.adopt().map((
    { door, ip, until },
  ) => [door, ip, until]);
  deepEqual(found, [["ssh", "10.0.0.1", 10_250]]);
  deepEqual(nft.open(), ["d0_4 10.0.0.1 10.25s"]);
});

Deno.test("a table that another config takes over is that one's, with who may pass", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  const other = tableOn(nft, "knockd", "bb");
  equal(other.apply([SSH, WEB]), true);
  deepEqual(nft.open(), ["d0_4 10.0.0.1 10.25s"]);
  equal(nft.sets("knockd").find(({ name }) => name === "live_4")?.comment, "bb");
  ok(nft.texts.at(-1)!.includes(" . 22 timeout 5d"));
  equal(other.apply([SSH, WEB]), false);
  // The config that had it has no table there any more.
  tableOn(nft, "other", "aa").apply([SSH]);
  deepEqual(nft.tables().map(({ name }) => name), ["knockd", "other"]);
});

Deno.test("a ruleset that was flushed is made anew with the time that is left", () => {
  const { nft, table } = fresh();
  equal(table.mend(), false);
  open(table, "ssh", ALICE, 10_000);
  open(table, "once", ALICE, 10_000);
  nft.now += 2000;
  nft.ruleset.clear();
  equal(table.mend(), true);
  // What one connection may have used up is not given out a second time.
  deepEqual(nft.open(), ["d0_4 10.0.0.1 8.25s"]);
  equal(table.mend(), false);
});

Deno.test("a ruleset that was flushed shuts its ports before sessions are listed, and names them", () => {
  const nft = new FakeNft();
  const rules: number[] = [];
  const table = tableOn(nft, "knockd", "aa", () => {
    rules.push(nft.rules("knockd", "guard").length);
  });
  table.apply([SSH]);
  nft.ruleset.clear();
  ok(table.mend());
  deepEqual(rules, [0, nft.rules("knockd", "guard").length]);
  ok(nft.texts.at(-1)!.includes("live_4 { 10.0.0.1 . 5000 . 10.0.0.9 . 22 timeout 5d }"));
});

Deno.test("a ruleset that is flushed just after it was made anew is made anew again", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  const run = nft.run.bind(nft);
  nft.run = (text) => {
    nft.run = run;
    run(text);
    nft.ruleset.clear();
  };
  nft.ruleset.clear();
  equal(table.mend(), true);
  equal(nft.ruleset.size, 0);
  open(table, "ssh", BOB, 10_000);
  deepEqual(nft.open(), ["d0_4 10.0.0.1 10.25s", "d0_6 fd00::2 10.25s"]);
});

Deno.test("a rule that somebody put in or took out is mended, and elements stay", () => {
  const { nft, table } = fresh();
  open(table, "once", ALICE, 10_000);
  nft.run("add rule inet knockd guard accept\n");
  equal(table.mend(), true);
  equal(nft.rules("knockd", "guard").includes("accept"), false);
  nft.run("flush chain inet knockd guard_in\n");
  equal(table.mend(), true);
  deepEqual(nft.open(), ["d2_4 10.0.0.1 10.25s"]);
});

Deno.test("another daemon's table is left alone, and does not count as a change", () => {
  const { nft, table } = fresh();
  const other = tableOn(nft, "second", "bb");
  other.apply([WEB]);
  equal(table.mend(), false);
  equal(other.mend(), false);
  deepEqual(nft.tables().map(({ name }) => name), ["knockd", "second"]);
});

Deno.test("a table of another name that this config had before is deleted", () => {
  const { nft } = fresh();
  tableOn(nft, "renamed").apply([SSH]);
  deepEqual(nft.tables().map(({ name }) => name), ["renamed"]);
});

Deno.test("somebody else's table of that name is refused, and nothing changes", () => {
  const nft = new FakeNft();
  nft.run("add table inet knockd\nadd chain inet knockd mine\n");
  const before = structuredClone(nft.ruleset);
  throws(() => tableOn(nft).apply([SSH]), /somebody else's \(it has a chain mine\)/);
  deepEqual(nft.ruleset, before);
});

Deno.test("a knock amid a flush opens its door", () => {
  const { nft, table } = fresh();
  open(table, "web", ALICE, 10_000);
  nft.ruleset.clear();
  open(table, "ssh", ALICE, 10_000);
  deepEqual(nft.open(), ["d0_4 10.0.0.1 10.25s", "d1_4 10.0.0.1 10.25s"]);
});

Deno.test("a table that was made whole for a knock counts as mended, once", () => {
  const { nft, table } = fresh();
  nft.ruleset.clear();
  open(table, "web", ALICE, 10_000);
  equal(table.mend(), true);
  equal(table.mend(), false);
});

Deno.test("a door that the kernel refuses is not open, and says why", () => {
  const { nft, table } = fresh();
  nft.failure = new NftError("full", "Too many open files in system");
  throws(() => open(table, "ssh", ALICE, 1000), /a set is full/);
  deepEqual(table.reconcile(), { used: [], putBack: 0, takenOut: 0 });
  deepEqual(nft.open(), []);
});

Deno.test("whom others put in is taken out, and whom they took out is put back", () => {
  const { nft, table } = fresh();
  open(table, "ssh", ALICE, 10_000);
  open(table, "once", ALICE, 10_000);
  nft.run("delete element inet knockd d0_4 { 10.0.0.1 }\n");
  nft.run("delete element inet knockd d2_4 { 10.0.0.1 }\n");
  nft.run("add element inet knockd d1_4 { 10.0.0.7 timeout 90s }\n");
  const { used, ...others } = table.reconcile();
  deepEqual(used.map(({ door }) => door), ["once"]);
  deepEqual(others, { putBack: 1, takenOut: 1 });
  deepEqual(nft.open(), ["d0_4 10.0.0.1 10.25s"]);
});

Deno.test("who was given another time by others has the time of their knock again", () => {
  const { nft, table } = fresh();
  const address = (i: number) => parseAddress(`10.0.0.${i}`)!;
  for (const i of [1, 2, 3]) open(table, "ssh", address(i), 60_000);
  const times = ["", " timeout 5s", " timeout 9d"];
  for (const [i, time] of times.entries()) {
    nft.run(`delete element inet knockd d0_4 { 10.0.0.${i + 1} }
add element inet knockd d0_4 { 10.0.0.${i + 1}${time} }
`);
  }
  nft.now += 1000;
  equal(table.reconcile().putBack, 3);
  deepEqual(nft.open(), [1, 2, 3].map((i) => `d0_4 10.0.0.${i} 59.25s`));
  equal(table.reconcile().putBack, 0);
});

Deno.test("a connection that is made while it is looked who may pass is the only one", () => {
  const { nft, table } = fresh();
  open(table, "once", ALICE, 10_000);
  const look = nft.elements.bind(nft);
  nft.elements = (name, set) => {
    const found = look(name, set);
    if (set === "d2_4") nft.ruleset.get(name)!.sets.get(set)!.elements.clear();
    return found;
  };
  deepEqual(table.reconcile(), { used: [], putBack: 0, takenOut: 0 });
  deepEqual(nft.open(), []);
  deepEqual(table.reconcile().used.map(({ door }) => door), ["once"]);
});

Deno.test("an address of the other family than a door's target opens nothing", () => {
  const nft = new FakeNft();
  const table = tableOn(nft);
  table.apply([opening("inner", "80", { target: "172.17.0.2" })]);
  throws(() => open(table, "inner", BOB, 1000), /no door inner/);
});

Deno.test("many addresses close by a few texts, and are made again by a few", () => {
  const { nft, table } = fresh();
  const many = Array.from({ length: 1500 }, (_, i) => ({
    door: i % 2 === 0 ? "ssh" : "web",
    address: parseAddress(`10.1.${i >> 8}.${i & 255}`)!,
  }));
  for (const { door, address } of many) open(table, door, address, 10_000);
  const before = nft.texts.length;
  nft.ruleset.clear();
  ok(table.mend());
  ok(nft.texts.length - before <= 3);
  equal(nft.open().length, 1500);
  const made = nft.texts.length;
  const names = many.map(({ door, address }) => ({ door, ip: address.text }));
  table.close([...names, ...names.slice(0, 3)]);
  deepEqual(nft.open(), []);
  equal(nft.texts.length - made, 1);
});

Deno.test("a table of the same shape that nobody marked is somebody else's", () => {
  const nft = new FakeNft();
  nft.run("add table inet knockd\nadd chain inet knockd guard { }\n");
  const before = structuredClone(nft.ruleset);
  throws(() => tableOn(nft).apply([SSH]), /somebody else's .*nothing in it says/);
  deepEqual(nft.ruleset, before);
});

/** So many addresses, of both families by turns. */
function crowd(count: number) {
  return Array.from({ length: count }, (_, i) => (
    parseAddress(i % 2 === 0 ? `10.2.0.${i}` : `fd00::${i.toString(16)}`)!
  ));
}

Deno.test("when all of a door's many go, a word empties its sets, and no other's", () => {
  const { nft, table } = fresh();
  const many = crowd(40);
  for (const address of many) open(table, "ssh", address, 10_000);
  open(table, "web", ALICE, 10_000);
  const before = nft.texts.length;
  table.close(many.map(({ text }) => ({ door: "ssh", ip: text })));
  deepEqual(nft.texts.slice(before), [
    "flush set inet knockd d0_4\nflush set inet knockd d0_6\n",
  ]);
  deepEqual(nft.open(), ["d1_4 10.0.0.1 10.25s"]);
});

Deno.test("whoever of a door's many does not go, stays", () => {
  const { nft, table } = fresh();
  const many = crowd(40);
  for (const address of many) open(table, "ssh", address, 10_000);
  table.close(many.slice(1).map(({ text }) => ({ door: "ssh", ip: text })));
  deepEqual(nft.open(), ["d0_4 10.2.0.0 10.25s"]);
});

Deno.test("a restart beside many leaves them, and takes out what would stay for ever", () => {
  const { nft, table } = fresh();
  const many = crowd(80);
  for (const address of many.slice(40)) open(table, "ssh", address, 10_000);
  for (const { family, text } of many.slice(0, 40)) {
    nft.run(`add element inet knockd d0_${family} { ${text} }\n`);
  }
  const next = tableOn(nft);
  next.apply([SSH]);
  equal(next.adopt().length, 40);
  equal(nft.open().length, 40);
});
