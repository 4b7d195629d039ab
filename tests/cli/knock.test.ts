import assert from "node:assert/strict";
import { knockCommand } from "../../lib/cli/knock.ts";
import { waitFor } from "../lab/process.ts";
import { runSubcommand } from "./program.ts";

const knock = (...args: string[]) => runSubcommand(knockCommand(), args);

Deno.test("knock says what it sends, in knock's words", async () => {
  const { code, stdout, stderr } = await knock("127.0.0.1", "7,8:udp,9:TCP", "-v");
  assert.equal(
    stdout,
    "hitting tcp 127.0.0.1:7\nhitting udp 127.0.0.1:8\nhitting tcp 127.0.0.1:9\n",
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

Deno.test("knock --udp makes every hit UDP", async () => {
  const { stdout } = await knock("::1", "7:tcp", "8", "-uv", "-d", "0");
  assert.equal(stdout, "hitting udp ::1:7\nhitting udp ::1:8\n");
});

Deno.test("knock is silent without -v", async () => {
  const outcome = await knock("127.0.0.1", "7");
  assert.deepEqual(outcome, { code: 0, stdout: "", stderr: "" });
});

Deno.test("of -4 and -6 knock takes the last one", async () => {
  assert.equal((await knock("127.0.0.1", "7", "-6", "-4")).code, 0);
  assert.equal((await knock("::1", "7", "-46")).code, 0);
  assert.match((await knock("::1", "7", "-6", "-4")).stderr, /but -4 asks for IPv4/);
});

const WRONG: readonly (readonly [args: string, message: string])[] = [
  ["127.0.0.1", "no ports are given"],
  ["-- 127.0.0.1", "the host is missing"],
  ["127.0.0.1 70000", "port 70000 is above 65535"],
  ["127.0.0.1 7000 ssh", '"ssh" is not a port number; write 22'],
  ["127.0.0.1 7000:icmp", '"icmp" is not tcp or udp: a ping has no port to knock at'],
  ["7000 8000 9000", "the host is missing"],
  ["7000:udp 8000", "the host is missing"],
  ["10.0.0.1:7000", '"10.0.0.1:7000" is a host and a port'],
  ["[2001:db8::1]:7000 8000", '"[2001:db8::1]:7000" is a host and a port'],
  ["10.99.1.999 7000", '"10.99.1.999" is not an IP address'],
  ["2001:db8::zz 7000", '"2001:db8::zz" is not an IP address'],
  [
    "127.0.0.1 \u201c7000\u201d",
    '"\u201c7000\u201d" is not a port number; the quotes are part of it',
  ],
  ["127.0.0.1 0", "port 0 can't be knocked on; ports are 1 to 65535"],
  ["127.0.0.1 7 -d x", '--delay "x" is not a number from 0 to 3600000'],
  ["127.0.0.1 7 -d -5", '--delay "-5" is not a number from 0 to 3600000'],
  ["127.0.0.1 7 --wait-port 22:tcp", '"22:tcp" is no port'],
  ["127.0.0.1 7 --retries 3", "--retries needs --wait-port"],
  ["127.0.0.1 7 -- ssh host", "a command needs --wait-port"],
  ["127.0.0.1 7 --proxy 22 --wait-port 22", "--proxy and --wait-port exclude each other"],
  ["127.0.0.1 7 --otp", "--otp and ports exclude each other"],
  ["127.0.0.1 --otp -u", "--otp and --udp exclude each other"],
  ["127.0.0.1 7 --door ssh", "--door needs --otp"],
  ["127.0.0.1 7 --source-ip ::1", "--source-ip needs --otp"],
  ["127.0.0.1 7 --form packet", "--form needs --otp"],
  ["127.0.0.1 7 --proxy 22 -- ssh", "--proxy and a command exclude each other"],
];

for (const [args, message] of WRONG) {
  Deno.test(`knock refuses: knock ${args}`, async () => {
    const { code, stdout, stderr } = await knock(...args.split(" "));
    assert.equal(stderr.split("\n")[0], `knockd: error: ${message}`);
    assert.equal(stdout, "");
    assert.equal(code, 2);
  });
}

Deno.test("knock without ports is told of --otp, too", async () => {
  const { stderr } = await knock("127.0.0.1");
  assert.match(stderr, /^knockd: hint: .*, or knockd knock HOST --otp$/m);
});

Deno.test("knock fails for a host that is not known", async () => {
  const { code, stderr } = await knock("no..such-host", "7");
  assert.match(
    stderr,
    /^knockd: error: no address is known for the host "no\.\.such-host/,
  );
  assert.equal(code, 1);
});

Deno.test("knock --wait-port runs the command and passes its exit code on", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = `${listener.addr.port}`;
  const accepted = listener.accept();
  const command = ["--", "sh", "-c", "exit 9"];
  const { code } = await knock("127.0.0.1", "7", "--wait-port", port, ...command);
  using connection = await accepted;
  assert.equal(code, 9);
  // A door may allow one connection, and that is the command's.
  let ended = false;
  const read = connection.read(new Uint8Array(1)).then((size) => ended = size === null);
  await waitFor(() => ended, 5000, "the end of the connection");
  await read;
});

Deno.test("knock reports a command that does not exist", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = `${listener.addr.port}`;
  const accepted = listener.accept();
  const { code, stderr } = await knock(
    ...["127.0.0.1", "7", "--wait-port", port, "--", "no-such-program"],
  );
  (await accepted).close();
  assert.match(stderr, /can't run "no-such-program": no such program/);
  assert.equal(code, 1);
});
