import assert from "node:assert/strict";
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { watch } from "./watch_interfaces.ts";

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

Deno.test("a filter that changes is no matter to an interface that is not heard", () => {
  const network = new MemoryNetwork();
  const eth0 = network.add("eth0");
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  eth0.up = false;
  interfaces.look();
  news();
  interfaces.refilter();
  eth0.up = true;
  interfaces.look();
  assert.deepEqual(news(), ["eth0: listening ()"]);
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

Deno.test("an error while reading makes deaf until the next look", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const { interfaces, news, packets } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  network.source("eth0")!.failure = new PcapError("other", "eth0: disappeared");
  assert.equal(interfaces.drain(() => false), 0);
  assert.deepEqual(news(), ["eth0: deaf: eth0: disappeared"]);
  interfaces.look();
  network.arrive("eth0", PACKET);
  assert.equal(interfaces.drain(() => false), 1);
  assert.equal(packets(), 1);
});

Deno.test("an interface whose packets cannot be understood is deaf", () => {
  const network = new MemoryNetwork();
  network.add("mon0", { linkType: 127 });
  const { interfaces, news } = watch(["mon0"], network);
  interfaces.look(true);
  assert.match(
    news()[0] ?? "",
    /^mon0: deaf: its packets are IEEE802_11_RADIO \(.*, 127\), not known/,
  );
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

Deno.test("a filter that is set anew costs no packet that waits", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const filters = ["tcp"];
  const { interfaces, packets } = watch(["eth0"], network, filters);
  interfaces.look(true);
  for (const [i, filter] of ["tcp", "udp", "udp"].entries()) {
    network.arrive("eth0", PACKET);
    filters[0] = filter;
    interfaces.refilter();
    interfaces.drain(() => false);
    assert.equal(packets(), i + 1, filter);
  }
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

Deno.test("packets that were lost are said once, with the interface that lost them", () => {
  const network = new MemoryNetwork();
  network.add("eth0");
  const { interfaces, news } = watch(["eth0"], network);
  interfaces.look(true);
  news();
  network.source("eth0")!.lost = 7;
  interfaces.look();
  const [line = "", ...others] = news();
  assert.match(line, /^eth0: packets came faster than .* were lost/);
  network.source("eth0")!.lost = 9;
  interfaces.look();
  assert.deepEqual([...others, ...news()], [], "it is no news so soon");
});
