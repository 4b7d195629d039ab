/** `deno task demo`: a closed port, a knock, and who gets in; on hosts made for it. */

import { type Host, KNOCKD, MAIN, Network, networkObstacle } from "../tests/lab/net.ts";
import { run, waitFor } from "../tests/lab/process.ts";
import { provision } from "./provision.ts";

const SECONDS_OPEN = 3;
const KNOCK = ["7000", "8000:udp", "9000"];
const RULE = "INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";

/** The daemon's config; everything it writes stays in the directory. */
function configuration(directory: string): string {
  return `[options]
state_dir = "${directory}/state"
pid_file = "${directory}/knockd.pid"
control = "${directory}/knockd.sock"

[doors.ssh]
sequence = ${JSON.stringify(KNOCK)}
start_command = "iptables -A ${RULE}"
stop_command = "iptables -D ${RULE}"
cmd_timeout = ${SECONDS_OPEN}
`;
}

function say(who: string, what: string): void {
  console.log(`${who.padEnd(8)} ${what}`);
}

async function show(
  hosts: Record<"server" | "alice" | "mallory", Host>,
  scratch: string,
) {
  const { server, alice, mallory } = hosts;
  const tryBoth = async () => {
    for (const [name, host] of [["alice", alice], ["mallory", mallory]] as const) {
      const open = await host.canConnect(server.ipv4, 22);
      say(name, `connects to ${server.ipv4}:22: ${open ? "OPEN" : "no answer"}`);
    }
  };

  await server.listen(22);
  await server.run(["iptables", "-P", "INPUT", "DROP"]);
  say("server", "# iptables -P INPUT DROP      (something listens on port 22)");
  await Deno.writeTextFile(`${scratch}/knock.toml`, configuration(scratch));
  const argv = [...KNOCKD, "serve", "--config", `${scratch}/knock.toml`];
  const daemon = server.spawn(argv);
  const [heard] = await daemon.waitForLine(/^listening on \S+ \(.*/, 15_000);
  say("server", `# knockd serve                (${heard})`);
  await tryBoth();

  await alice.run([...KNOCKD, "knock", server.ipv4, ...KNOCK]);
  say("alice", `$ knockd knock ${server.ipv4} ${KNOCK.join(" ")}`);
  const rules = async () => (await server.run(["iptables", "-S", "INPUT"])).stdout;
  const allowed = async () => (await rules()).includes(alice.ipv4);
  await waitFor(allowed, 5000, () => `a rule for alice\n${daemon.stderr}`);
  say("server", `# ${`iptables -A ${RULE}`.replace("%IP%", alice.ipv4)}`);
  await tryBoth();

  say("", `… ${SECONDS_OPEN} seconds later …`);
  const timeout = SECONDS_OPEN * 1000 + 3000;
  const closed = async () => !await allowed();
  await waitFor(closed, timeout, () => `the port to close\n${daemon.stderr}`);
  await tryBoth();
}

class Interrupted extends Error {}

/** Rejects when the user, or the system, wants an end; the cleaning up is to come. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Interrupted("interrupted"));
    Deno.addSignalListener("SIGINT", stop);
    Deno.addSignalListener("SIGTERM", stop);
  });
}

async function demo(): Promise<void> {
  if (Deno.build.os !== "linux") throw new Error("needs Linux, for network namespaces");
  if (Deno.uid() !== 0) {
    throw new Error(
      "needs root, to make hosts in network namespaces; run\n\n" +
        "    sudo npx -y deno@2.9.6 task demo\n",
    );
  }
  await provision("demo");
  const obstacle = await networkObstacle();
  if (obstacle !== undefined) throw new Error(obstacle);
  // The hosts reach nothing but one another, so packages come before.
  await run([Deno.execPath(), "cache", "--quiet", MAIN], { timeout: 300_000 });

  const interrupted = interruption();
  interrupted.catch(() => {}); // It may come before anything waits for it.
  const scratch = await Deno.makeTempDir({ prefix: "knockd-demo-" });
  try {
    await using net = await Network.create();
    const server = await net.host("server");
    const alice = await net.host("alice");
    const mallory = await net.host("mallory");
    await Promise.race([show({ server, alice, mallory }, scratch), interrupted]);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

try {
  await demo();
  Deno.exit(0);
} catch (error) {
  console.error(`demo: error: ${(error as Error).message}`);
  Deno.exit(error instanceof Interrupted ? 130 : 1);
}
