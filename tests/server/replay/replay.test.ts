import assert from "node:assert/strict";
import type { Config } from "../../../lib/config/config.ts";
import { LinkType } from "../../../lib/core/packet/parse.ts";
import { replay } from "../../../lib/server/replay/replay.ts";
import { inDirectory, load } from "../../config/files.ts";
import { ethernet, type Saved, savefile } from "../../core/frames.ts";
import { ACK, join, RST, SYN, tcp, udp } from "../../core/packets.ts";

const HOST = "10.77.0.1";
let sport = 1024;

function hit(src: string, dport: number): Uint8Array {
  sport += 1;
  return ethernet(tcp({ src, dst: HOST, dport, flags: SYN, sport, seq: sport }), []);
}

async function configOf(text: string): Promise<Config> {
  const { config, problems } = await load(text);
  assert.ok(config, JSON.stringify(problems));
  return config;
}

/** What a daemon would have said of these packets. */
function replayed(config: Config, packets: readonly Saved[]) {
  return inDirectory(async (directory) => {
    const file = `${directory}/knock.pcap`;
    await Deno.writeFile(file, savefile(LinkType.ETHERNET, [...packets]));
    const lines: string[] = [];
    const onLine = ({ line }: { line: string }) => void lines.push(line);
    return { lines, sum: await replay({ config, file, addresses: [], onLine }) };
  });
}

const SSH = `[doors.ssh]
sequence = "7000,8000,9000"
start_command = "touch /run/replay-must-not-run"
`;

Deno.test("replay says what would have opened, and runs nothing", async () => {
  const config = await configOf(SSH);
  const packets = [7000, 8000, 9000].map((port) => hit("10.77.0.2", port));
  const { lines, sum } = await replayed(config, packets);
  assert.equal(lines.at(-1), "10.77.0.2: ssh: OPEN SESAME");
  assert.deepEqual([sum.packets, sum.hits, sum.opened, sum.refused], [3, 3, 1, 0]);
  assert.throws(() => Deno.statSync("/run/replay-must-not-run"));
});

Deno.test("replay says why a knock would not have opened", async () => {
  const config = await configOf(SSH);
  const wrong = [7000, 9000, 8000].map((port) => hit("10.77.0.2", port));
  const { lines, sum } = await replayed(config, wrong);
  assert.equal(sum.opened, 0);
  assert.match(lines.join("\n"), /9000 came before 8000/);
});

Deno.test("a recording may come from another kind of network; what has no IP is refused by name", async () => {
  const config = await configOf(SSH);
  const openings = (linkType: number, header: readonly number[]) =>
    inDirectory(async (directory) => {
      const file = `${directory}/knock.pcap`;
      const frames = [7000, 8000, 9000].map((dport) =>
        join([...header], hit("10.77.0.2", dport).subarray(14))
      );
      await Deno.writeFile(file, savefile(linkType, frames));
      return (await replay({ config, file, addresses: [], onLine: () => {} })).opened;
    });
  assert.equal(await openings(104, [0x0f, 0, 8, 0]), 1);
  await assert.rejects(
    openings(189, []),
    /packets are USB_LINUX \(.*189\), in which no IP/,
  );
});

Deno.test("of a recording that is cut off, what there is counts", async () => {
  const config = await configOf(SSH);
  const packets = [7000, 8000, 9000, 7000, 8000, 80].map((port) =>
    hit("10.77.0.2", port)
  );
  const whole = savefile(LinkType.ETHERNET, packets);
  const { sum, lines } = await inDirectory(async (directory) => {
    const file = `${directory}/knock.pcap`;
    await Deno.writeFile(file, whole.subarray(0, whole.length - 20));
    const lines: string[] = [];
    const onLine = ({ line }: { line: string }) => void lines.push(line);
    return { lines, sum: await replay({ config, file, addresses: [], onLine }) };
  });
  assert.deepEqual([sum.packets, sum.opened], [5, 1]);
  assert.match(lines.at(-1)!, /sequence timeout \(stage 2\)/);
  assert.match(sum.cutOff?.message ?? "", /truncated dump file/);
});

Deno.test("each packet is read at its own time, where recordings were put together too", async () => {
  const config = await configOf(SSH);
  const knock = (source: string, start: number) =>
    [7000, 8000, 9000].map((port, i) => ({
      time: start + i,
      bytes: hit(source, port),
    }));
  const half = knock("10.77.0.2", 7200).slice(0, 2);
  const packets = [...half, ...knock("10.77.0.2", 3600), ...knock("10.77.0.3", 60)];
  const { sum, lines } = await replayed(config, packets);
  assert.deepEqual([sum.opened, sum.refused, sum.seconds], [2, 0, 7141], lines.join());
});

Deno.test("replay names a scan", async () => {
  const config = await configOf(SSH);
  const scan = Array.from({ length: 100 }, (_, i) => hit("10.77.0.3", 6950 + i));
  const { sum } = await replayed(config, scan);
  assert.deepEqual([sum.opened, sum.scans], [0, [{ ip: "10.77.0.3", ports: 100 }]]);
});

Deno.test("a service that answers many clients is no scan, and a scan that is answered is one", async () => {
  const config = await configOf(SSH);
  const ends = (at: "client" | "server", port: number) =>
    at === "client"
      ? { src: "10.77.0.3", dst: HOST, sport: port, dport: 53 }
      : { src: HOST, dst: "10.77.0.3", sport: 53, dport: port };
  const talks = Array.from({ length: 100 }, (_, i) => [
    ethernet(udp(ends("client", 2000 + i)), []),
    ethernet(udp(ends("server", 2000 + i)), []),
    ethernet(tcp({ ...ends("client", 3000 + i), flags: SYN, seq: i }), []),
    ethernet(
      tcp({ ...ends("server", 3000 + i), flags: i % 2 ? RST | ACK : SYN | ACK, seq: 1 }),
      [],
    ),
  ]).flat();
  const scan = Array.from({ length: 100 }, (_, i) => {
    const from = { src: "10.77.0.9", dst: HOST, sport: 40000, dport: 100 + i };
    const back = { src: HOST, dst: "10.77.0.9", sport: 100 + i, dport: 40000 };
    return [ethernet(udp(from), []), ethernet(udp(back), [])];
  }).flat();
  const { sum } = await replayed(config, [...talks, ...scan]);
  assert.deepEqual(sum.scans, [{ ip: "10.77.0.9", ports: 100 }]);
});

Deno.test("a recording that is none is a failure and no crash", async () => {
  const config = await configOf(SSH);
  await inDirectory(async (directory) => {
    const file = `${directory}/x`;
    const options = { config, file, addresses: [], onLine: () => {} };
    await assert.rejects(replay(options), { name: "Failure" });
    await Deno.writeTextFile(file, "no recording");
    await assert.rejects(replay(options), { name: "Failure" });
  });
});

Deno.test("a file's one-time sequences are used up in memory alone", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/sequences`;
    const sequences = "7000,8000\n7001,8001\n";
    await Deno.writeTextFile(path, sequences, { mode: 0o600 });
    const config = await configOf(
      `[doors.ssh]\none_time_sequences = "${path}"\nstart_command = "true"\n`,
    );
    const before = [...Deno.readDirSync(directory)].length;
    const ports = [7000, 8000, 7000, 8000, 7001, 8001];
    const knocks = ports.map((port, n) => hit(`10.77.0.${2 + (n >> 1)}`, port));
    const { lines, sum } = await replayed(config, knocks);
    assert.deepEqual(lines.filter((line) => line.endsWith("SESAME")), [
      "10.77.0.2: ssh: OPEN SESAME",
      "10.77.0.4: ssh: OPEN SESAME",
    ]);
    assert.equal(sum.opened, 2);
    assert.equal(await Deno.readTextFile(path), sequences);
    assert.equal([...Deno.readDirSync(directory)].length, before);
  }));
