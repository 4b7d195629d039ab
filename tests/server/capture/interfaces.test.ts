import assert from "node:assert/strict";
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import { Failure } from "../../../lib/core/failure.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { captureFailure } from "../../../lib/server/capture/capture_failure.ts";
import { watch } from "./watch_interfaces.ts";

const PACKET = { bytes: new Uint8Array(60), time: 1 };

Deno.test("addresses are told when the set changes, whatever their order", () => {
  const network = new MemoryNetwork();
  const eth0 = network.add("eth0", { addresses: ["10.0.0.1", "10.0.0.2"] });
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  eth0.addresses.reverse();
  interfaces.look();
  assert.deepEqual(news(), []);
  eth0.addresses = ["10.0.0.2", "10.0.0.3"];
  interfaces.look();
  assert.deepEqual(news(), ["addresses: 10.0.0.2,10.0.0.3"]);
  eth0.addresses = [];
  interfaces.look();
  assert.deepEqual(news(), ["addresses: "]);
});

Deno.test("an address with a label is its interface's, and a second name has the same ones", () => {
  const network = new MemoryNetwork();
  const { index } = network.add("eth0", { addresses: ["10.0.0.1"] });
  network.add("eth0:1", { index, addresses: ["10.0.0.2"] });
  network.add("enp3s0", { index });
  network.add("eth1", { addresses: ["10.0.0.3"] });
  const { interfaces, news } = watch(["eth0", "enp3s0", "eth2"], network);
  interfaces.look(true);
  assert.deepEqual(news().slice(1), [
    "eth0: listening (10.0.0.1,10.0.0.2)",
    "enp3s0: listening (10.0.0.1,10.0.0.2)",
    "eth2: deaf: there is no such interface (there are eth0, eth0:1, eth1)",
  ]);
  assert.deepEqual(interfaces.status().map(({ addresses }) => addresses.length), [
    2,
    2,
    0,
  ]);
});

Deno.test("without names the default routes say what is heard", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  network.add("wlan0");
  const { interfaces, news } = watch([], network);
  interfaces.look(true);
  interfaces.look();
  assert.deepEqual(news(), ["default route: deaf: there is no default route"]);
  assert.equal(interfaces.allHear(), false);
  assert.deepEqual(interfaces.status().map(({ hears, reason }) => [hears, reason]), [
    [false, "there is no default route"],
  ]);

  network.defaults = ["eth0"];
  interfaces.look();
  assert.deepEqual(news(), ["eth0: listening ()"]);
  assert.equal(interfaces.allHear(), true);

  network.defaults = ["wlan0"];
  interfaces.look();
  assert.deepEqual(news(), [
    "eth0: left: the default route goes elsewhere now",
    "wlan0: listening ()",
  ]);

  network.defaults = [];
  interfaces.look();
  assert.deepEqual(news(), [], "what had the route is kept while nothing else has it");
  assert.equal(interfaces.allHear(), true);
});

Deno.test("other names replace the old ones, and those that stay are not opened anew", () => {
  const network = new MemoryNetwork();
  for (const name of ["eth0", "eth1", "eth2"]) network.add(name);
  const { interfaces, news } = watch(["eth0", "eth1"], network);
  interfaces.look(true);
  news();
  interfaces.setNames(["eth1", "eth2"]);
  interfaces.look();
  assert.deepEqual(news(), [
    "eth0: left: it is not in the config any more",
    "eth2: listening ()",
  ]);
  assert.equal(network.opened.length, 3);
});

Deno.test("no right to capture ends the start with a hint", () => {
  const refusal = new PcapError("no-permission", "eth0: Operation not permitted");
  for (const names of [["eth0"], []]) {
    const network = new MemoryNetwork();
    network.add("eth0", { refusal });
    network.add("any", { refusal });
    const { interfaces, news } = watch(names, network);
    assert.throws(() => interfaces.look(true), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /no right to capture .*not permitted/);
      assert.match(error.hint ?? "", /CAP_NET_RAW.*root.*AmbientCapabilities/);
      return true;
    });
    assert.equal(news().some((line) => line.includes("listening")), false);
  }
});

Deno.test("whoever gave the self-extracting executable a capability is told that it is in vain", () => {
  Deno.env.set("KNOCKD_SELF", "/usr/local/bin/knockd");
  try {
    const { hint } = captureFailure(new PcapError("no-permission", "not permitted"));
    assert.match(
      hint!,
      /setpriv .*--ambient-caps.*setcap on the executable does nothing/,
    );
  } finally {
    Deno.env.delete("KNOCKD_SELF");
  }
});

Deno.test("no right to capture later on is a reason to be deaf, not to end", () => {
  const network = new MemoryNetwork();
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  const refusal = new PcapError("no-permission", "eth0: Operation not permitted");
  network.add("eth0", { refusal });
  interfaces.look();
  assert.deepEqual(news(), [], "it was deaf before");
  assert.match(interfaces.status()[0]?.reason ?? "", /not permitted/);
});

Deno.test("packets and losses are counted over all openings", () => {
  const network = new MemoryNetwork();
  network.add("eth0", { addresses: ["10.0.0.1"] });
  const { interfaces } = watch(["eth0"], network);
  interfaces.look(true);
  for (let i = 0; i < 2; i++) {
    network.arrive("eth0", PACKET, PACKET, PACKET, PACKET, PACKET);
    assert.equal(interfaces.drain(() => false), 5);
    network.source("eth0")!.lost = 7;
    interfaces.broken(interfaces.sources());
    interfaces.look();
  }
  assert.deepEqual(interfaces.status(), [{
    interface: "eth0",
    hears: true,
    addresses: ["10.0.0.1"],
    packets: 10,
    dropped: 14,
    reason: "",
  }]);
});

Deno.test("a flood on one interface leaves the others and everything else their turn", () => {
  const network = new MemoryNetwork();
  for (const name of ["eth0", "eth1"]) network.add(name);
  const { interfaces, packets } = watch(["eth0", "eth1"], network);
  interfaces.look(true);
  network.arrive("eth0", ...Array.from({ length: 1000 }, () => PACKET));
  network.arrive("eth1", PACKET);
  let looks = 0;
  const first = interfaces.drain(() => ++looks === 10);
  assert.equal(first, 10 * network.source("eth0")!.batch + 1);
  while (interfaces.drain(() => false) > 0);
  assert.equal(packets(), 1001);
  assert.equal(network.source("eth0")?.waiting.length, 0);
});
