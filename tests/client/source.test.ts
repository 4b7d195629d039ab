import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import { chooseInZone, chooseSource } from "../../lib/client/choose_source.ts";
import { inDirectory } from "../config/files.ts";
import { sourceAddress } from "../../lib/client/source_address.ts";

const LAPTOP = ["127.0.0.1", "192.0.2.5", "::1", "fe80::1", "2001:db8::5"];

const ROWS: readonly (readonly [
  why: string,
  target: string,
  own: readonly string[],
  routed: string | undefined,
  source: string,
])[] = [
  ["the route says it", "203.0.113.1", LAPTOP, "192.0.2.9", "192.0.2.9"],
  ["there is only one", "203.0.113.1", LAPTOP, undefined, "192.0.2.5"],
  ["there is only one for IPv6", "2001:db8::99", LAPTOP, undefined, "2001:db8::5"],
  ["a host knocks at itself", "127.0.0.1", LAPTOP, undefined, "127.0.0.1"],
  ["the route's answer is not an address", "203.0.113.1", LAPTOP, "?", "192.0.2.5"],
];

for (const [why, target, own, routed, source] of ROWS) {
  Deno.test(`the source is known because ${why}`, () => {
    assert.equal(chooseSource(parseAddress(target)!, own, routed).text, source);
  });
}

Deno.test("several possible sources are an error that names them", () => {
  const own = ["192.0.2.5", "10.0.0.5", "127.0.0.1", "169.254.1.1"];
  assert.throws(() => chooseSource(parseAddress("203.0.113.1")!, own, undefined), {
    message: "a knock at 203.0.113.1 may leave from any of 192.0.2.5, 10.0.0.5",
    hint: "say with --source-ip which address the host sees",
  });
});

Deno.test("in a link-local target's zone the source is the address there", () => {
  const target = parseAddress("fe80::99")!;
  const own = [["eth0", "2001:db8::5", 2], ["eth0", "fe80::1", 2], ["eth1", "fe80::2", 3]]
    .map(([name, address, scopeid]) =>
      ({ name, address, scopeid }) as Deno.NetworkInterfaceInfo
    );
  assert.equal(chooseInZone(target, "eth0", own, undefined).text, "fe80::1");
  assert.equal(chooseInZone(target, "3", own, undefined).text, "fe80::2");
  assert.equal(chooseInZone(target, "3", own, "fe80::3").text, "fe80::3");
  assert.throws(() => chooseInZone(target, "eth2", own, undefined), {
    message: "this machine has no address to knock at fe80::99 from",
  });
});

Deno.test("a machine without an address of the family can't be a source", () => {
  const own = ["192.0.2.5", "::1", "fe80::1"];
  assert.throws(() => chooseSource(parseAddress("2001:db8::1")!, own, undefined), {
    message: "this machine has no address to knock at 2001:db8::1 from",
  });
});

Deno.test("the source for this machine itself is its own address", async () => {
  const loopback = parseAddress("127.0.0.1")!;
  assert.equal((await sourceAddress(loopback)).text, "127.0.0.1");
});

/** With a program in the place of ip(8). */
function withIp(text: string, act: () => Promise<void>): Promise<void> {
  return inDirectory(async (dir) => {
    Deno.writeTextFileSync(`${dir}/ip`, text, { mode: 0o755 });
    const path = Deno.env.get("PATH")!;
    Deno.env.set("PATH", dir);
    try {
      await act();
    } finally {
      Deno.env.set("PATH", path);
    }
  });
}

// A directory as its interpreter: permission denied, as in a sandbox.
Deno.test("the source is found where the system does not run ip", () =>
  withIp("#!/\n", async () => {
    assert.equal((await sourceAddress(parseAddress("127.0.0.1")!)).text, "127.0.0.1");
  }));

const OFFLINE =
  "#!/bin/sh\necho 'RTNETLINK answers: Network is unreachable' >&2; exit 2\n";

Deno.test("whoever is offline is told so, whatever addresses the machine has", () =>
  withIp(OFFLINE, async () => {
    await assert.rejects(sourceAddress(parseAddress("203.0.113.1")!), {
      message: "can't send to 203.0.113.1: network is unreachable",
      hint: /is this machine online/,
    });
  }));
