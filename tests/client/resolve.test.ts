import assert from "node:assert/strict";
import { resolveHost } from "../../lib/client/resolve.ts";
import { realClientSystem } from "../../lib/client/client_system.ts";
import { FakeSystem } from "./fake_system.ts";

const system = new FakeSystem();
system.names = {
  both: ["fd00::1", "10.0.0.1"],
  old: ["10.0.0.1"],
  none: [],
  near: ["fe80::1"],
  printer: ["fe80::1", "fe80::1%eth0"],
};
const WHICH_NETWORK =
  ": a link-local address is one of every network; which one is meant?";
const resolve = async (host: string, family?: 4 | 6) =>
  (await resolveHost(system, host, family)).text;

Deno.test("a host name stands for the address that the system prefers", async () => {
  assert.equal(await resolve("both"), "fd00::1");
});

Deno.test("-4 and -6 choose among a host's addresses", async () => {
  assert.equal(await resolve("both", 4), "10.0.0.1");
  assert.equal(await resolve("both", 6), "fd00::1");
});

Deno.test("a literal address is not looked up", async () => {
  assert.equal(await resolve("192.0.2.7"), "192.0.2.7");
  assert.equal(await resolve("2001:DB8::7", 6), "2001:db8::7");
});

Deno.test("a literal IPv6 address may stand in brackets", async () => {
  assert.equal(await resolve("[2001:DB8::7]"), "2001:db8::7");
});

Deno.test("a link-local address keeps its zone, which an interface's name or number is", async () => {
  assert.equal(await resolve("fe80::1%eth0"), "fe80::1%eth0");
  assert.equal(await resolve("[FE80:0::1%wlan-2.100]", 6), "fe80::1%wlan-2.100");
  assert.equal(await resolve("fe80::1%12"), "fe80::1%12");
  assert.equal(await resolve("printer"), "fe80::1%eth0");
});

for (
  const [pasted, host] of [
    ["alice@example.org", "example.org"],
    ["https://example.org/", "example.org"],
    ["ssh://alice@example.org:22/path", "example.org"],
    ["example.org:22", "example.org"],
    ["[2001:db8::7]:22", "[2001:db8::7]"],
  ] as const
) {
  Deno.test(`of ${pasted} the hint names the host`, async () => {
    await assert.rejects(resolve(pasted), { hint: `the host alone is needed: ${host}` });
  });
}

Deno.test("an address of the other family is refused", async () => {
  await assert.rejects(resolve("192.0.2.7", 6), {
    message: "192.0.2.7 is an IPv4 address, but -6 asks for IPv6",
  });
});

for (
  const [host, family, message] of [
    ["nobody", undefined, 'no address is known for the host "nobody"'],
    ["none", undefined, 'no address is known for the host "none"'],
    ["old", 6, 'no IPv6 address is known for the host "old"'],
    ["2001:db8::1%eth0", 6, 'no IPv6 address is known for the host "2001:db8::1%eth0"'],
    ["10.0.0.1%eth0", 4, 'no IPv4 address is known for the host "10.0.0.1%eth0"'],
    ["fe80::1", 6, `fe80::1${WHICH_NETWORK}`],
    ["near", undefined, `near${WHICH_NETWORK}`],
  ] as const
) {
  Deno.test(`resolving ${host} fails clearly`, async () => {
    await assert.rejects(resolve(host, family), { name: "Failure", message });
  });
}

Deno.test("a name server that does not answer is no wrong name", async () => {
  const error = Object.assign(new Error(), { code: "EAI_AGAIN" });
  const lookup = () => Promise.reject(error);
  await assert.rejects(resolveHost({ lookup }, "gate.example.org"), {
    message: 'no name server has an answer for the host "gate.example.org"',
    hint: "is this machine online? An IP address needs no name server",
  });
});

Deno.test("the system's own resolver reads /etc/hosts", async () => {
  const { text } = await resolveHost(realClientSystem(), "localhost");
  assert.match(text, /^(127\.0\.0\.1|::1)$/);
});
