/** Scans of all ports by nmap and hping3, beside doors whose sequences work once. */
import assert from "node:assert/strict";
import { knock, recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { type Host, Network } from "../../lab/net.ts";
import { type Member, RotatingDoor } from "../../lab/one_time.ts";

const NMAP = ["nmap", "-n", "-Pn", "-T5", "-sS", "--min-rate", "9000", "-p-"];

/** The hosts scan one after the other; the client's own address is the worst case. */
const SCANS: readonly [who: "client" | "stranger", argv: readonly string[]][] = [
  ["client", [...NMAP, "--max-retries", "0"]],
  // The server drops, so that each port is tried twice.
  ["client", [...NMAP, "--max-retries", "1"]],
  ["client", ["hping3", "-S", "-i", "u100", "-c", "65535", "-p", "++1"]],
  ["stranger", [...NMAP, "-r", "--max-retries", "0"]],
];

/** A line for each scan, whose ports no ascending scan hits in their order. */
const LINES = SCANS.map((_, i) => `${42_001 + i},22${10 + i},31${100 + i}`);

/** Sends as knockd's client does until its port is open: the same ports, up to thrice. */
async function opens(
  scratch: Scratch,
  from: Host,
  to: string,
  ports: readonly string[],
): Promise<void> {
  const before = (await scratch.lines("opened")).length;
  for (let sent = 1; sent <= 3; sent++) {
    await knock(from, to, ...ports);
    const opened = scratch.waitForLines("opened", before + 1, 5000);
    if (await opened.then(() => true, () => false)) return;
  }
}

Deno.test("scans of all ports spend nothing, and the next knock opens", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const hosts = {
    client: await net.host("client"),
    stranger: await net.host("stranger"),
  };
  await server.dropIncoming();
  // One for each scan, so that nobody waits for the next step.
  const members = SCANS.map((_, i): Member => ({ name: `user${i}` }));
  const clock = new RotatingDoor(scratch, "clock", members);
  const count = new RotatingDoor(scratch, "count", members, { mode: "hotp" });
  const lines = await scratch.write("lines", LINES.map((line) => `${line}\n`).join(""));
  const list = recordingDoor(scratch, "list", "7000")
    .replace(/^sequence = .*$/m, `one_time_sequences = "${lines}"`);
  const doors = [clock.text, count.text, list].join("");
  const daemon = await serve(server, await scratch.config(doors));
  const expected: string[] = [];
  for (const [i, [who, argv]] of SCANS.entries()) {
    const unused = await Deno.readTextFile(lines);
    await hosts[who].run([...argv, server.ipv4], { check: false, timeout: 120_000 });
    assert.deepEqual(await scratch.lines("opened"), expected, argv.join(" "));
    assert.equal(await Deno.readTextFile(lines), unused, argv.join(" "));
    const from = hosts.client;
    await opens(scratch, from, server.ipv4, clock.ports(members[i]!, clock.step));
    await opens(scratch, from, server.ipv4, count.ports(members[i]!, 0));
    await opens(scratch, from, server.ipv4, LINES[i]!.split(","));
    for (const door of [`clock user${i}`, `count user${i}`, "list"]) {
      expected.push(`${door} ${from.ipv4}`);
    }
    assert.deepEqual(await scratch.lines("opened"), expected, argv.join(" "));
  }
  assert.deepEqual(daemon.lines.filter((line) => line.includes("it is spent")), []);
  assert.match(daemon.lines.join("\n"), /clock: refused .*: a scan, nothing is spent/);
});
