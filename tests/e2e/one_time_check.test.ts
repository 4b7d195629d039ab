/** What `knockd check` says about the strength of doors. */
import assert from "node:assert/strict";
import { Scratch } from "../lab/daemon.ts";
import { KNOCKD, run } from "../lab/net.ts";

/** Checks a config with a rotating door of so many ports, and what else is given. */
async function check(otp: string, more = "", subcommand = "check") {
  await using scratch = await Scratch.create();
  const secret = `[doors.ssh.clients.alice]\nsecret = "${"A".repeat(26)}"\n`;
  const door = `[doors.ssh]\ncommand = "true"\n[doors.ssh.otp]\n${otp}\n${secret}`;
  const config = await scratch.config(door + more);
  return await run([...KNOCKD, subcommand, "--config", config], { check: false });
}

Deno.test("check prints the bits of every door, and calls static ones sniffable", async () => {
  const classic = '[doors.old]\nsequence = "7000,8000,9000"\ncommand = "true"\n';
  const { code, stdout, stderr } = await check("", classic);
  assert.deepEqual([code, stderr], [0, ""]);
  const [rotating, fixed] = stdout.split("door old");
  assert.match(rotating!, /strength +65 bits to guess$/m);
  assert.match(fixed!, /strength +44 bits to guess, none to copy: a password .* sniff/);
});

Deno.test("check warns of a rotating door under 60 bits, and takes it", async () => {
  const { code, stdout, stderr } = await check("length = 4");
  assert.equal(code, 0);
  assert.match(stderr, /warning: .*:\d+:\d+: .* takes 5\d bits; 60 are advised/);
  assert.match(stdout, /strength +5\d bits to guess$/m);
});

Deno.test("check refuses a rotating door under 40 bits, and serve does not start on it", async () => {
  for (const subcommand of ["check", "serve"]) {
    const { code, stdout, stderr } = await check("length = 3", "", subcommand);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /error: .*:\d+:\d+: .* takes 3\d bits; at least 40 are needed/);
  }
});
