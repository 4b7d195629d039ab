import assert from "node:assert/strict";
import { PcapError } from "../../ffi/pcap.ts";
import { Failure } from "../../lib/core/failure.ts";
import type { CaptureEvent } from "../../lib/server/capture.ts";
import { Interfaces } from "../../lib/server/interfaces.ts";
import { MemoryNetwork } from "./memory_network.ts";

/** Interfaces on a network in memory, with what they told in short words. */
function watch(names: string[], network: MemoryNetwork, filters = ["tcp"]) {
  const told: string[] = [];
  let packets = 0;
  const interfaces = new Interfaces(names, {
    network,
    filter: () => filters[0] ?? "",
    onPacket: () => void packets++,
    onEvent: (event) => told.push(short(event)),
  });
  return { interfaces, network, packets: () => packets, news: () => told.splice(0) };
}

function short(event: CaptureEvent): string {
  switch (event.kind) {
    case "addresses":
      return `addresses: ${event.addresses}`;
    case "listening":
      return `${event.interface}: listening (${event.addresses})`;
    case "deaf":
    case "slow":
      return `${event.interface}: ${event.kind}: ${event.reason}`;
  }
}

const PACKET = { bytes: new Uint8Array(60), time: 1 };

Deno.test("an interface is heard, and said to be with its addresses", () => {
  const network = new MemoryNetwork();
  network.add("lo", { addresses: ["127.0.0.1"] });
  network.add("eth0", { addresses: ["10.0.0.1", "fe80::1"] });
  const { interfaces, news } = watch(["eth0"], network);
  assert.equal(interfaces.look(true), true);
  assert.deepEqual(news(), [
    "addresses: 127.0.0.1,10.0.0.1,fe80::1",
    "eth0: listening (10.0.0.1,fe80::1)",
  ]);
  assert.equal(network.source("eth0")?.filter, "tcp");
  assert.equal(interfaces.look(), false);
  assert.deepEqual(news(), []);
});

Deno.test("a missing interface is waited for, and said to be missing once", () => {
  const { interfaces, network, news } = watch(["eth0"], new MemoryNetwork());
  interfaces.look(true);
  interfaces.look();
  interfaces.look();
  assert.deepEqual(news(), ["eth0: deaf: there is no such interface"]);
  assert.equal(interfaces.allHear(), false);
  network.add("eth0");
  assert.equal(interfaces.look(), true);
  assert.deepEqual(news(), ["eth0: listening ()"]);
  assert.equal(interfaces.allHear(), true);
});

Deno.test("an interface that is down is waited for", () => {
  const network = new MemoryNetwork();
  const eth0 = network.add("eth0", { up: false });
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  interfaces.look();
  assert.deepEqual(news(), ["eth0: deaf: it is down"]);
  eth0.up = true;
  interfaces.look();
  assert.deepEqual(news(), ["eth0: listening ()"]);
});

Deno.test("an interface that goes down without a word is found out by looking", () => {
  const network = new MemoryNetwork();
  const eth0 = network.add("eth0");
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  eth0.up = false;
  interfaces.look();
  assert.deepEqual(news(), ["eth0: listening ()", "eth0: deaf: it went down"]);
  assert.equal(network.opened[0]?.closed, true);
});

Deno.test("a broken source is closed at once and opened anew by the next look", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  network.add("eth1");
  const { interfaces, news } = watch(["eth0", "eth1"], network);
  interfaces.look(true);
  news();
  interfaces.broken([network.opened[0]!]);
  assert.deepEqual(news(), ["eth0: deaf: it went down"]);
  assert.deepEqual(interfaces.sources(), [network.opened[1]]);
  interfaces.look();
  assert.deepEqual(news(), ["eth0: listening ()"]);
  interfaces.broken([network.opened[0]!]);
  assert.deepEqual(news(), [], "a source that was closed before does not count");
});

Deno.test("a renamed interface is left, and heard again under its name", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  network.rename("eth0", "lan0");
  interfaces.look();
  assert.deepEqual(news(), ["eth0: deaf: it is gone"]);
  network.rename("lan0", "eth0");
  interfaces.look();
  assert.deepEqual(news(), ["eth0: listening ()"]);
});

Deno.test("an interface made again between two looks is opened again", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  network.remove("eth0");
  network.add("eth0");
  assert.equal(interfaces.look(), true);
  assert.deepEqual(news(), [
    "eth0: deaf: another interface has its name now",
    "eth0: listening ()",
  ]);
  assert.deepEqual(network.opened.map(({ closed }) => closed), [true, false]);
});

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
    "eth0: deaf: the default route goes elsewhere now",
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
    "eth0: deaf: it is not in the config any more",
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

Deno.test("an error while reading makes deaf until the next look", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const { interfaces, news, packets } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  network.source("eth0")!.failure = new PcapError("other", "eth0: disappeared");
  assert.equal(interfaces.drain(), 0);
  assert.deepEqual(news(), ["eth0: deaf: eth0: disappeared"]);
  interfaces.look();
  network.arrive("eth0", PACKET);
  assert.equal(interfaces.drain(), 1);
  assert.equal(packets(), 1);
});

Deno.test("an interface whose packets cannot be understood is deaf", () => {
  const network = new MemoryNetwork();
  network.add("mon0", { linkType: 127 });
  const { interfaces, news } = watch(["mon0"], network);
  interfaces.look(true);
  assert.match(news()[0] ?? "", /^mon0: deaf: its link type, 127,/);
  assert.equal(network.opened[0]?.closed, true);
});

Deno.test("a filter that the kernel does not take is told", () => {
  const network = new MemoryNetwork();
  network.add("eth0", { kernelFilter: false });
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  assert.match(news()[0] ?? "", /^eth0: slow: the kernel did not take the filter/);
  assert.equal(interfaces.allHear(), true);
});

Deno.test("a new filter is set without opening anew; a bad one makes deaf", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const filters = ["tcp"];
  const { interfaces, news } = watch(["eth0"], network, filters);
  interfaces.look(true);
  news();
  filters[0] = "udp";
  interfaces.refilter();
  assert.equal(network.source("eth0")?.filter, "udp");
  assert.deepEqual(news(), []);
  filters[0] = "bad";
  interfaces.refilter();
  assert.deepEqual(news(), ["eth0: deaf: the capture filter was refused (syntax error)"]);
  interfaces.look();
  assert.deepEqual(news(), []);
  assert.equal(network.opened.every(({ closed }) => closed), true);
});

Deno.test("packets and losses are counted over all openings", () => {
  const network = new MemoryNetwork();
  network.add("eth0", { addresses: ["10.0.0.1"] });
  const { interfaces } = watch(["eth0"], network);
  interfaces.look(true);
  for (let i = 0; i < 2; i++) {
    network.arrive("eth0", PACKET, PACKET, PACKET, PACKET, PACKET);
    assert.equal(interfaces.drain(), 5);
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

Deno.test("a flood on one interface leaves the others their turn", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const { interfaces, packets } = watch(["eth0"], network);
  interfaces.look(true);
  network.arrive("eth0", ...Array.from({ length: 1000 }, () => PACKET));
  const first = interfaces.drain();
  assert.ok(first > 0 && first < 1000);
  for (let count = first; count > 0; count = interfaces.drain());
  assert.equal(packets(), 1000);
  assert.equal(network.source("eth0")?.waiting.length, 0);
});

Deno.test("any is there without being an interface, with all addresses", () => {
  const network = new MemoryNetwork();
  network.add("any", { index: 0, up: false, addresses: [] }).up = true;
  network.add("eth0", { addresses: ["10.0.0.1"] });
  const { interfaces, news } = watch(["any"], network);
  interfaces.look(true);
  assert.deepEqual(news(), ["addresses: 10.0.0.1", "any: listening (10.0.0.1)"]);
  assert.equal(interfaces.look(), false);
});
