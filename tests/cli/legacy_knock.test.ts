import assert from "node:assert/strict";
import { legacyKnock } from "../../lib/cli/legacy_knock.ts";
import { outcomeOf } from "./program.ts";

const knock = (...args: string[]) => outcomeOf(() => legacyKnock(args));

Deno.test("knock under its old name hits and says so as knock 0.8 does", async () => {
  const { code, stdout, stderr } = await knock("-v", "127.0.0.1", "7", "8:udp", "9:tcp");
  assert.equal(
    stdout,
    "hitting tcp 127.0.0.1:7\nhitting udp 127.0.0.1:8\nhitting tcp 127.0.0.1:9\n",
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

Deno.test("knock under its old name takes options after the ports", async () => {
  const { code, stdout } = await knock("::1", "7", "8:tcp", "-vud1", "--ipv6");
  assert.equal(stdout, "hitting udp ::1:7\nhitting udp ::1:8\n");
  assert.equal(code, 0);
});

Deno.test("of -4 and -6 the old knock takes the last one", async () => {
  assert.equal((await knock("-6", "--ipv4", "127.0.0.1", "7")).code, 0);
  assert.equal((await knock("-46", "::1", "7")).code, 0);
  assert.match((await knock("-64", "::1", "7")).stderr, /but -4 asks for IPv4/);
});

Deno.test("the old knock takes long options that are cut short", async () => {
  const { code, stdout } = await knock("--verb", "--del=1", "--u", "127.0.0.1", "7");
  assert.equal(stdout, "hitting udp 127.0.0.1:7\n");
  assert.equal(code, 0);
  assert.match((await knock("--ipv", "127.0.0.1", "7")).stderr, /option '--ipv'/);
});

for (const args of [[], ["-h"], ["--help"], ["127.0.0.1"], ["-v"]]) {
  Deno.test(`knock ${args.join(" ")} shows the usage and exits 1`, async () => {
    const { code, stdout } = await knock(...args);
    assert.match(stdout, /^usage: knock \[options\] <host> <port\[:proto\]>/);
    assert.equal(code, 1);
  });
}

Deno.test("knock -V shows a version", async () => {
  const { code, stdout } = await knock("-V");
  assert.match(stdout, /^knock \d+\.\d+\.\d+\n$/);
  assert.equal(code, 0);
});

for (
  const [args, message] of [
    ["-x 127.0.0.1 7", "knock: Unknown option '-x'"],
    ["-d -5 127.0.0.1 7", 'knock: --delay "-5" is not a number from 0 to 3600000'],
    ["-vd -5 127.0.0.1 7", 'knock: --delay "-5" is not a number from 0 to 3600000'],
    ["--delay -v 127.0.0.1 7", 'knock: --delay "-v" is not a number from 0 to 3600000'],
    ["-d x 127.0.0.1 7", 'knock: --delay "x" is not a number from 0 to 3600000'],
    ["–v 127.0.0.1 7", 'knock: "–v" begins with a dash that is no hyphen'],
    ["127.0.0.1 70000", "knock: port 70000 is above 65535"],
    ["-6 127.0.0.1 7", "knock: 127.0.0.1 is an IPv4 address, but -6 asks for IPv6"],
    ["no..such-host 7", "knock: no address is known for the host"],
  ] as const
) {
  Deno.test(`knock ${args} fails in one line and exits 1`, async () => {
    const { code, stdout, stderr } = await knock(...args.split(" "));
    assert.ok(stderr.startsWith(message), stderr);
    assert.equal(stdout, "");
    assert.equal(code, 1);
  });
}
