/** What comes again, at Debian's knockd 0.8 and at ours: datagrams of one socket, and SYNs. */
import assert from "node:assert/strict";
import { recordingDoor, Scratch, serve, untilHeard } from "../../lab/daemon.ts";
import { type Host, Network, waitFor } from "../../lab/net.ts";

/** Hits of one client, and how often they open their door here and there. */
const ROWS: readonly [door: string, sequence: string, hits: string, here: number][] = [
  ["pair", "7000:udp,7000:udp", "7000:udp 7000:udp", 1],
  ["back", "7100:udp,8100:udp,7100:udp", "7100:udp 8100:udp 7100:udp", 1],
  ["four", "19132:udp,19132:udp", "19132:udp 19132:udp 19132:udp 19132:udp", 2],
  ["plain", "7200,8200,9200", "7200 8200 9200", 1],
  ["whole", "7300,8300,9300", "7300 8300 9300 7300 8300 9300", 2],
  ["mixed", "7400,8400:udp,9400", "7400 8400:udp 9400 7400 8400:udp 9400", 2],
  ["doubled", "7600,8600,9600", "7600 7600 8600 8600 9600 9600", 1],
  ["first", "7500,8500,9500", "7500 7500 8500 9500", 1],
];
/** Where knockd 0.8 opens less often: it begins anew with a hit that it does not expect. */
const THERE: Readonly<Record<string, number>> = { doubled: 0, first: 0 };

Deno.test("hits that come again open here what they open at Debian's knockd", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const texts = ROWS.map(([door, sequence]) => recordingDoor(scratch, door, sequence));
  await using _ours = await serve(server, await scratch.config(texts.join("")));
  const theirs = await theirKnockd(scratch, server);
  await theirs.waitForLine(/listening on/, 60_000);
  await untilHeard(theirs, await net.host("probe"), server.ipv4, "7200");
  await client.run(sending(server.ipv4));
  const here = (door: string) =>
    scratch.lines("opened").then((lines) => count(lines, `${door} `));
  const there = (door: string) => count(theirs.lines, `: ${door}: OPEN SESAME`);
  for (const [door, , , times] of ROWS) {
    await waitFor(async () => await here(door) >= times, 60_000, () => `${door} here`);
    const expected = THERE[door] ?? times;
    await waitFor(() => there(door) >= expected, 60_000, () => `${door} there`);
  }
  for (const [door, , , times] of ROWS) {
    assert.deepEqual([door, await here(door), there(door)], [
      door,
      times,
      THERE[door] ?? times,
    ]);
  }
});

async function theirKnockd(scratch: Scratch, server: Host) {
  const doors = ROWS.map(([door, sequence]) =>
    `[${door}]
sequence = ${sequence}
seq_timeout = 25
tcpflags = syn
command = true
`
  );
  const path = await scratch.write(
    "theirs.conf",
    `[options]\nlogfile = /dev/null\n${doors.join("")}`,
  );
  return server.spawn(["/usr/sbin/knockd", "-v", "-i", "eth0", "-c", path]);
}

/** Sends SYNs each from a port of its own, and all datagrams from one socket. */
function sending(to: string): string[] {
  const hits = ROWS.map(([, , hits]) => hits).join(" ");
  const program = `import socket, time
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for hit in "${hits}".split():
    port = int(hit.split(":")[0])
    if hit.endswith(":udp"):
        one.sendto(b"", ("${to}", port))
    else:
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("${to}", port))
        s.close()
    time.sleep(0.02)`;
  return ["/usr/bin/python3", "-c", program];
}

function count(lines: readonly string[], text: string): number {
  return lines.filter((line) => line.includes(text)).length;
}
