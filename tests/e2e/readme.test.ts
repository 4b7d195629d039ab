/** The README, command by command, on a host that has nothing but what it says. */
import assert from "node:assert/strict";
import { knock, Scratch } from "../lab/daemon.ts";
import { FreshHost } from "../lab/fresh_host.ts";
import { KNOCKD, Network } from "../lab/net.ts";
import { Recorder } from "../lab/recorder.ts";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

/** The lines of a section's examples, without their comments. */
function examples(heading: string): string[] {
  const [, rest = ""] = readme.split(`\n## ${heading}\n`);
  const [section = ""] = rest.split("\n## ");
  return [...section.matchAll(/^ {4}(.*)$/gm)].map(([, line]) =>
    line!.replace(/ {2,}# .*$/, "").trimEnd()
  );
}

/** The commands among them. */
const commands = (heading: string, program = "knockd") =>
  examples(heading).filter((line) => line.startsWith(`${program} `));

/** What runs in the first test below, and what another test runs. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "knockd init ssh --open 22 --host example.org": "init.test.ts",
  "knockd serve --trial 300": "init.test.ts",
  "knockd knock example.org --otp && ssh example.org": "init.test.ts",
  "knockd enroll ssh alice --host example.org && knockd reload":
    "one_time_newcomer.test.ts",
  "knockd profile add": "one_time_newcomer.test.ts",
  "knockd service --install": "service.test.ts",
  "knockd watch": "watch.test.ts",
};

Deno.test("whoever follows the README has a door that is shut by IPv4 and IPv6 but to a knocker", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const stranger = await net.host("stranger");
  await server.listen(22);
  const host = await FreshHost.create(server, scratch.directory);
  const first = examples("A door of commands");
  const [firewall, check, serve] = commands("A door of commands");
  const isCommand = (line: string) => /^(start|stop)_command/.test(line);
  const door = first.slice(
    first.indexOf("[doors.ssh]"),
    first.indexOf("cmd_timeout = 30") + 1,
  );
  const config = (lines: readonly string[]) =>
    host.run("cat > /etc/knockd/knock.toml", `${lines.join("\n")}\n`);

  await config(door);
  const printed = await host.run(firewall!);
  assert.equal(printed.code, 0, printed.stderr);
  assert.deepEqual(printed.stderr.split("\n").filter(isCommand), first.filter(isCommand));
  await config([...door, ...first.filter(isCommand)]);
  const loaded = await host.run("nft -f /etc/knockd/firewall.nft");
  assert.equal(loaded.code, 0, loaded.stderr);
  const judged = await host.run(check!);
  assert.deepEqual([judged.code, judged.stderr], [0, ""], judged.stdout);

  const daemon = host.spawn(serve!);
  await daemon.waitForLine(/listening on eth0 \(/, 60_000);
  const [knocking] = commands("Knock");
  for (const address of [server.ipv4, server.ipv6]) {
    assert.equal(await client.canConnect(address, 22), false);
    const argv = knocking!.replace("knockd ", "").replace("example.org", address).split(
      " ",
    );
    await client.run([...KNOCKD, ...argv]);
    await daemon.waitForLine(
      new RegExp(`(${client.ipv4}|${client.ipv6}): ssh: OPEN`),
      30_000,
    );
    const [, set] = address.includes(":") ? ["", "door_ssh_6"] : ["", "door_ssh_4"];
    await opened(host, set!);
    assert.equal(await client.canConnect(address, 22, 5000), true);
    assert.equal(await stranger.canConnect(address, 22), false);
  }
  await daemon.stop();
});

/** Waits until an address is in a set. */
async function opened(host: FreshHost, set: string): Promise<void> {
  const list =
    `for i in $(seq 300); do nft list set inet knockd ${set} | grep -q elements ` +
    "&& exit 0; sleep 0.1; done; exit 1";
  assert.equal((await host.run(list)).code, 0, set);
}

Deno.test("every command that the README shows for good does what it says", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const host = await FreshHost.create(server, scratch.directory);
  await host.run(
    "cat > /etc/knockd/knock.toml",
    '[doors.ssh]\nsequence = "7000,8000,9000"\ncommand = "true"\n',
  );
  const lines = commands("Run it for good");
  const served = lines.find((line) => line.startsWith("knockd serve"))!;
  const daemon = host.spawn(served);
  await daemon.waitForLine(/listening on eth0 \(/, 60_000);
  const recorder = await Recorder.start(server, server, scratch.path("knock.pcap"));
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await recorder.ports(3);
  await recorder.stop();
  for (const line of lines) {
    if (line === served || ELSEWHERE[line] !== undefined) continue;
    const { code, stdout, stderr } = await host.run(`cd ${scratch.directory}; ${line}`);
    if (line.includes("replay")) assert.match(stdout, /ssh: OPEN SESAME/, stdout);
    // What a doctor finds, and a door that was not open, are no fault of the command.
    const fine = /doctor|close/.test(line) ? [0, 1] : [0];
    assert.ok(fine.includes(code), `${line}: ${code}: ${stderr}`);
    assert.doesNotMatch(stderr, /unknown|usage/i, line);
  }
  await daemon.stop();
});

Deno.test("no command of the README is run by no test", async () => {
  const all = [...readme.matchAll(/^ {4}(knockd .*)$/gm)].map(([, line]) =>
    line!.replace(/ {2,}# .*$/, "").trimEnd()
  );
  const here = ["A door of commands", "Knock", "Run it for good"].flatMap((it) =>
    commands(it)
  );
  const known = new Set([...here, ...Object.keys(ELSEWHERE)]);
  assert.deepEqual(all.filter((line) => !known.has(line)), []);
  for (const name of Object.values(ELSEWHERE)) {
    await Deno.stat(new URL(name, import.meta.url));
  }
});
