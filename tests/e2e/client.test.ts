/** Our client against Debian's knockd 0.8, and what it puts on the wire. */
import assert from "node:assert/strict";
import { untilHeard } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, type Process } from "../lab/net.ts";
import { sniff } from "../lab/sniffer.ts";

const KNOCKD_CONF = `
[tcp]
  sequence = 7000,8000,9000
  tcpflags = syn
  command = echo tcp %IP%
[udp]
  sequence = 7001:udp,8001:udp,9001:udp
  command = echo udp %IP%
[mixed]
  sequence = 7002,8002:udp,9002
  tcpflags = syn
  command = echo mixed %IP%
[ssh]
  sequence = 7003,8003,9003
  tcpflags = syn
  command = iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
`;

/** TCP segments over IPv4 that carry data: the total length less both headers. */
const DATA = "tcp and ip[2:2] - ((ip[0] & 15) << 2) - ((tcp[12] & 240) >> 2) != 0";

/** Debian's knockd on a host, once it hears. */
async function startDebianKnockd(net: Network, host: Host): Promise<Process> {
  const config = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(config, KNOCKD_CONF);
  const daemon = host.spawn([
    "/usr/sbin/knockd",
    "-v",
    "-i",
    host.interface,
    "-c",
    config,
  ]);
  await daemon.waitForLine(/^listening on/);
  await untilHeard(daemon, await net.host("probe"), host.ipv4, "7000");
  await Deno.remove(config);
  return daemon;
}

Deno.test("Debian's knockd opens to our client: TCP, UDP, mixed, IPv4, IPv6", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const daemon = await startDebianKnockd(net, server);
  const rows = [
    ["tcp", "7000", "8000", "9000"],
    ["udp", "7001:udp", "8001:udp", "9001:udp"],
    ["mixed", "7002", "8002:udp", "9002"],
  ];
  for (
    const [target, source] of [[server.ipv4, client.ipv4], [server.ipv6, client.ipv6]]
  ) {
    for (const [door = "", ...ports] of rows) {
      await client.run([...KNOCKD, "knock", target!, ...ports]);
      await daemon.waitForLine(new RegExp(`running command: echo ${door} ${source}$`));
    }
  }
});

Deno.test("a TCP hit is one SYN to a dropping, a closed and an open port", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.listen(9000);
  await server.run("iptables -A INPUT -p tcp --dport 7000 -j DROP".split(" "));
  const syns = await sniff(server);
  const withData = await sniff(server, DATA);
  // Long enough for the first port's SYN to be sent again, a second after the first one.
  const ports = ["7000", "8000", "9000"];
  await client.run([...KNOCKD, "knock", "-d", "1300", server.ipv4, ...ports]);
  await syns.waitForHits(3);
  await syns.stop();
  await withData.stop();
  assert.deepEqual(syns.knocks, ports);
  assert.deepEqual(withData.knocks, []);
});

Deno.test("hits leave in their order, whatever their protocol, each from a port of its own", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const sniffer = await sniff(server);
  const ports = Array.from(
    { length: 32 },
    (_, i) => `${40000 - i * 7}${i % 3 === 2 ? ":udp" : ""}`,
  );
  await client.run([...KNOCKD, "knock", "-d", "0", server.ipv4, ...ports]);
  await sniffer.waitForHits(ports.length);
  await sniffer.stop();
  assert.deepEqual(sniffer.knocks, ports);
  const sources = new Set(sniffer.hits.map(({ sourcePort }) => sourcePort));
  // The kernel draws each: one by TCP and one by UDP may be the same number.
  assert.ok(sources.size > ports.length - 4, `${[...sources]}`);
});

Deno.test("knock --wait-port runs a command once the knock has opened the port", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  await server.listen(22);
  await startDebianKnockd(net, server);
  const wait = [...KNOCKD, "knock", server.ipv4, "--wait-port", "22"];
  const command = ["--", "sh", "-c", "echo inside; exit 5"];
  const wrong = await client.run([...wait, "7003", "9003", "8003", ...command], {
    check: false,
  });
  assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
  assert.match(wrong.stderr, /port 22 of 10\.77\.0\.1: filtered: no answer/);
  const right = await client.run([...wait, "7003", "8003", "9003", ...command], {
    check: false,
  });
  assert.deepEqual([right.code, right.stdout], [5, "inside\n"]);
});

Deno.test("knock --wait-port tries on at a port that is rejected in an unusual way", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const rule = "INPUT -p tcp --dport 22 -j REJECT --reject-with icmp-proto-unreachable";
  await server.run(["iptables", "-A", ...rule.split(" ")]);
  const wait = [...KNOCKD, "knock", server.ipv4, "7000", "--wait-port", "22"];
  const { code, stderr } = await client.run(wait, { check: false });
  assert.equal(code, 1);
  assert.match(stderr, /^knockd: error: port 22 of 10\.77\.0\.1: filtered: no answer\n/);
});

/** Reads to the end of what a client sends, then sends all of it back, then closes. */
const ECHO = `
  const listener = Deno.listen({ hostname: "0.0.0.0", port: 22 });
  console.log("listening");
  for await (const connection of listener) {
    const parts = [];
    const buffer = new Uint8Array(65536);
    for (let size; (size = await connection.read(buffer)) !== null;) {
      parts.push(buffer.slice(0, size));
    }
    for (let part of parts) {
      while (part.length > 0) part = part.subarray(await connection.write(part));
    }
    connection.close();
  }
`;

Deno.test("knock --proxy carries a megabyte there and back across the half-close", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const echo = server.spawn([Deno.execPath(), "eval", ECHO]);
  await echo.waitForLine(/^listening$/);
  await startDebianKnockd(net, server);
  const text = "0123456789abcde\n".repeat(65536);
  const proxy = [...KNOCKD, "knock", server.ipv4, "-v", "--proxy", "22"];
  const { stdout, stderr } = await client.run([...proxy, "7003", "8003", "9003"], {
    stdin: text,
  });
  assert.ok(stdout === text, `${stdout.length} of ${text.length} bytes came back`);
  assert.match(stderr, /^hitting tcp 10\.77\.0\.1:7003\n/);
});

Deno.test("a knock that can't leave this machine fails and says why", async () => {
  await using net = await Network.create();
  const client = await net.host("client", { defaultRoute: false });
  const knock = (...args: string[]) =>
    client.run([...KNOCKD, "knock", ...args], { check: false });
  const tcp = await knock("192.0.2.1", "7000");
  assert.equal(tcp.code, 1);
  assert.match(
    tcp.stderr,
    /can't send to 192\.0\.2\.1 port 7000: network is unreachable/,
  );
  const udp = await knock("192.0.2.1", "7000:udp");
  assert.equal(udp.code, 1);
  assert.match(
    udp.stderr,
    /can't send to 192\.0\.2\.1 port 7000:udp: network is unreachable/,
  );
  await client.run(["ip", "route", "add", "prohibit", "192.0.2.0/24"]);
  const forbidden = await knock("192.0.2.1", "7000");
  assert.equal(forbidden.code, 1);
  assert.match(
    forbidden.stderr,
    /can't send to 192\.0\.2\.1 port 7000: permission denied/,
  );
});
