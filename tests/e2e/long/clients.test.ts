/** What people knock with besides knock: each client's knock opens its door, and once. */
import assert from "node:assert/strict";
import { recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { type Host, Network } from "../../lab/net.ts";
import { Bell } from "../../lab/one_time.ts";

const PORTS = [7000, 8000, 9000];
/** As Debian installs it, which has its modules. */
const PYTHON = "/usr/bin/python3";

const each = (command: (port: number, to: string) => string[]) => (to: string) =>
  PORTS.map((port) => command(port, to));
const python = (lines: (to: string) => string) => (to: string) => [
  [PYTHON, "-c", lines(to)],
];

/** Commands that knock at an address, whatever they exit with. */
const CLIENTS: Record<string, (to: string) => string[][]> = {
  "nc -z": each((port, to) => ["nc", "-z", "-w", "1", to, `${port}`]),
  "nmap -sS": each((port, to) => ["nmap", "-n", "-Pn", "-sS", "-p", `${port}`, to]),
  "nmap -sT": each((port, to) => ["nmap", "-n", "-Pn", "-sT", "-p", `${port}`, to]),
  "nmap -r in one run": (to) => [
    ["nmap", "-n", "-Pn", "-sS", "-r", "--max-retries", "0", "-p", PORTS.join(), to],
  ],
  "hping3": each((port, to) => ["hping3", "-S", "-c", "1", "-p", `${port}`, to]),
  "hping3 twice each": each((port, to) => {
    return ["hping3", "-S", "-i", "u1000", "-c", "2", "-p", `${port}`, to];
  }),
  "nping": each((port, to) => ["nping", "--tcp", "-c", "1", "-p", `${port}`, to]),
  "nping from one port": each((port, to) => {
    return [
      "nping",
      "--tcp",
      "-g",
      "4000",
      "-c",
      "2",
      "--delay",
      "5ms",
      "-p",
      `${port}`,
      to,
    ];
  }),
  "curl": each((port, to) => ["curl", "-sm", "1", `http://${to}:${port}/`]),
  "curl --retry": each((port, to) => {
    const retry = ["--retry", "1", "--retry-delay", "1", "--retry-all-errors"];
    return ["curl", "-sm", "3", "--connect-timeout", "1", ...retry, `${to}:${port}`];
  }),
  "wget": each((port, to) => {
    return ["wget", "-q", "-t", "2", "-T", "1", "-O-", `http://${to}:${port}/`];
  }),
  "Debian's knock": (to) => [["/usr/bin/knock", to, ...PORTS.map(String)]],
  "bash": each((
    port,
    to,
  ) => ["timeout", "1", "bash", "-c", `: > /dev/tcp/${to}/${port}`]),
  "busybox telnet": each((port, to) => {
    return ["timeout", "1", "busybox", "telnet", to, `${port}`];
  }),
  "scapy": python((to) =>
    `from scapy.all import *
for port in (${PORTS}):
    send(IP(dst="${to}") / TCP(dport=port, flags="S"), verbose=0)`
  ),
  "scapy, answers waited for and packets sent again": python((to) =>
    `from scapy.all import *
for port in (${PORTS}):
    sr1(IP(dst="${to}") / TCP(dport=port, sport=RandShort(), flags="S"),
        timeout=0.3, retry=2, verbose=0)`
  ),
  "a program that tries each port twice at once, as browsers do": python((to) =>
    `import socket, time
kept = []
for port in (${PORTS}):
    for again in range(2):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("${to}", port))
        kept.append(s)
    time.sleep(0.3)`
  ),
};

for (const dropping of [true, false]) {
  const what = dropping ? "drops" : "refuses";
  Deno.test(`every client's knock opens once where the server ${what} it`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    if (dropping) await server.dropIncoming();
    const ssh = recordingDoor(scratch, "ssh", PORTS.join(), "seq_timeout = 100");
    const bell = new Bell(scratch);
    await using _daemon = await serve(server, await scratch.config(ssh + bell.text));
    let knocks = 0;
    for (const [name, commands] of Object.entries(CLIENTS)) {
      await knockBy(client, commands(server.ipv4));
      const opened = await bell.ring(client, server.ipv4);
      assert.equal(opened.length, ++knocks, name);
    }
  });
}

async function knockBy(client: Host, commands: readonly string[][]): Promise<void> {
  for (const command of commands) await client.run(command, { check: false });
}
