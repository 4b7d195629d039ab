import assert from "node:assert/strict";
import { NftError } from "../../ffi/nftables/nftables.ts";
import type { Network, PacketSource } from "../../lib/server/capture/network.ts";
import type { ChangeFeed } from "../../lib/server/firewall/change_feed.ts";
import type { Nft } from "../../lib/server/firewall/nf_tables.ts";
import { realSystem, type System } from "../../lib/server/system.ts";
import { MemoryNetwork, MemorySource } from "./capture/memory_network.ts";
import { FakeSystem, settle } from "./fake_system.ts";
import { FakeNft, MemoryFeed } from "./firewall/fake_nft.ts";
import {
  ERRNOS,
  failing,
  type FailingCall,
  systemError,
  WORDS,
} from "./machine_faults.ts";
import { door, MemoryWorld } from "./memory_world.ts";

const ALICE = "10.0.0.7";
const BOB = "10.0.0.8";

/** Whether a call may fail; if not, why. */
type Fate = true | "reads a clock" | "sets a timer" | typeof OURS | "is done without";
const OURS = "takes no descriptor, and is ours";

/** Every call that a running daemon makes of the world: one that is new has to be here. */
const SYSTEM: Record<keyof System, Fate> = {
  now: "reads a clock",
  monotonic: "reads a clock",
  schedule: "sets a timer",
  spawn: true,
  endMarked: true,
};
const NETWORK: Record<keyof Network, Fate> = {
  open: true,
  index: true,
  isUp: true,
  addresses: true,
  defaultInterfaces: true,
  tellsChanges: OURS,
  changed: true,
  wait: true,
  wake: OURS,
  close: OURS,
};
const SOURCE: Record<Exclude<keyof PacketSource, "fd" | "batch" | "linkType">, Fate> = {
  compile: true,
  setFilter: true,
  read: true,
  dropped: true,
  close: OURS,
};
const NFT: Record<Exclude<keyof Nft, typeof Symbol.dispose | "elementPort">, Fate> = {
  claim: "is done without",
  run: true,
  change: true,
  list: true,
  tables: true,
  chains: true,
  rules: true,
  sets: true,
  elements: true,
};
const FEED: Record<Exclude<keyof ChangeFeed, typeof Symbol.dispose>, Fate> = {
  next: true,
};

type Call = readonly [prototype: object, call: string];

function calls(prototype: object, fates: Readonly<Record<string, Fate>>): Call[] {
  return Object.keys(fates).flatMap((call): Call[] =>
    fates[call] === true ? [[prototype, call]] : []
  );
}

const CALLS = [
  ...calls(FakeSystem.prototype, SYSTEM),
  ...calls(MemoryNetwork.prototype, NETWORK),
  ...calls(MemorySource.prototype, SOURCE),
];
const KERNEL_CALLS = [
  ...calls(FakeNft.prototype, NFT),
  ...calls(MemoryFeed.prototype, FEED),
];

/** Makes a call fail, with each of the errors in turn, until the result is disposed. */
function failingInTurn([prototype, call]: Call): FailingCall {
  return failing(prototype, call, (nth) => {
    const code = ERRNOS[nth % ERRNOS.length]!;
    return prototype === FakeNft.prototype
      ? new NftError("other", WORDS[code])
      : systemError(code);
  });
}

Deno.test("every call that the system offers is tried, or can't fail", () => {
  assert.deepEqual(Object.keys(SYSTEM).sort(), Object.keys(realSystem()).sort());
});

for (const call of CALLS) {
  Deno.test(`a daemon goes on when ${call[1]} fails, and is well when it does not`, async () => {
    await using world = await MemoryWorld.start(door("ssh", 7000));
    {
      using _failing = failingInTurn(call);
      world.network.tellChange();
      await world.knock(ALICE, 7000, 7001, 7002);
      await world.daemon.reload().catch(() => {});
      await world.pass(7);
    }
    world.network.tellChange();
    await world.pass(70);
    assert.deepEqual(world.daemon.status().leases, []);
    await world.knock(BOB, 7000, 7001, 7002);
    assert.deepEqual(await world.commands(), [`open ssh ${BOB}`]);
    await world.system.advance(60_000);
    assert.deepEqual(await world.commands(), [`close ssh ${BOB}`]);
  });
}

const KERNEL_DOOR = `[doors.ssh]
sequence = [7000, 7001, 7002]
open = "22"
connections = 1
cmd_timeout = 60
`;

for (const call of KERNEL_CALLS) {
  Deno.test(`a daemon of the kernel's doors goes on when nf_tables' ${call[1]} fails`, async () => {
    await using world = await MemoryWorld.start(KERNEL_DOOR);
    await world.knock(BOB, 7000, 7001, 7002);
    {
      using _failing = failingInTurn(call);
      world.feed.changed();
      await world.knock(ALICE, 7000, 7001, 7002);
      await world.daemon.reload().catch(() => {});
      assert.equal(world.daemon.status().doors.length, 1);
      void world.daemon.close({ door: "ssh", ip: BOB });
      await world.pass(7);
    }
    await world.pass(70);
    assert.deepEqual(world.daemon.status().leases, []);
    assert.deepEqual(world.nft.open(), []);
    world.nft.ruleset.clear();
    world.feed.changed();
    await world.pass(70);
    await settle();
    assert.ok(world.nft.ruleset.has("knockd"), "the table is made again");
    await world.knock(BOB, 7000, 7001, 7002);
    assert.deepEqual(world.nft.open(), [`d0_4 ${BOB} 60.25s`]);
  });
}

Deno.test("without a descriptor the addresses that were known hold", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  using _failing = failing(
    MemoryNetwork.prototype,
    "addresses",
    () => systemError("EMFILE"),
  );
  await world.system.advance(60_000);
  await world.knock(ALICE, 7000, 7001, 7002);
  assert.deepEqual(await world.commands(), [`open ssh ${ALICE}`]);
  const said = world.log.lines.filter((line) => line.includes("Too many open files"));
  assert.deepEqual(said, ["Too many open files; going on, and trying again"]);
});
