import assert from "node:assert/strict";
import { whyNotSent } from "../../lib/client/why_not_sent.ts";

const refused = (code: string, words: string, number: number) =>
  Object.assign(new Error(`${words} (os error ${number})`), { code });

Deno.test("a machine without IPv6 is told apart from one without a way there", () => {
  const none = refused("EAFNOSUPPORT", "Address family not supported by protocol", 97);
  const { why, hint } = whyNotSent(none);
  assert.equal(why, "this machine has no IPv6");
  assert.match(hint, /-4/);
  assert.equal(
    whyNotSent(refused("ENETUNREACH", "Network is unreachable", 101)).why,
    "network is unreachable",
  );
});

Deno.test("a firewall of this machine is named, whichever way it forbids a packet", () => {
  for (const [code, number] of [["EACCES", 13], ["EPERM", 1]] as const) {
    const { why, hint } = whyNotSent(refused(code, "Operation not permitted", number));
    assert.equal(why, "permission denied");
    assert.match(hint, /firewall on this machine/);
  }
});

Deno.test("what seldom keeps a packet here is said in the system's words", () => {
  const full = refused("ENOBUFS", "No buffer space available", 105);
  assert.equal(whyNotSent(full).why, "No buffer space available");
  const blackhole = refused("EINVAL", "Invalid argument", 22);
  assert.equal(whyNotSent(blackhole, "eth0").why, "Invalid argument");
});
