/** The same random knocks for Debian's knockd 0.8 and for ours, on the same host. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ACK, FIN, PSH, RST, SYN } from "../core/packets.ts";
import { classically, Scratch, untilHeard } from "../lab/daemon.ts";
import { hitFrame, send } from "../lab/frames_sent.ts";
import { KNOCKD, Network, type Process, waitFor } from "../lab/net.ts";

const COUNT = 240;
const AT_ONCE = 10;
const SEED = 20_261_122;

const DOORS: Readonly<Record<string, readonly string[]>> = {
  a: ["7000", "8000", "9000"],
  b: ["7001:udp", "8001:udp", "9001:udp"],
  c: ["7002", "8002:udp", "9002", "6002:udp"],
  d: ["7003:udp", "8003"],
  e: ["7004", "8004", "9004", "6004", "5004", "4004", "3004", "2004"],
  f: ["7005", "7005", "7005"],
  finOnly: ["7006", "8006", "9006"],
  synAck: ["7007", "8007:udp", "9007"],
  anyFlags: ["7008", "8008", "9008"],
  // Debian's drops a knock at any other door's port, and begins none with that packet.
  reset: ["1002", "1003"],
  fence: ["1000", "1001"],
};
/** Doors that look for other flags than SYN, as knockd.conf says it. */
const TCP_FLAGS: Readonly<Record<string, string>> = {
  finOnly: "tcpflags = fin,!ack",
  synAck: "tcpflags = syn,ack",
  anyFlags: "",
};
const FIRST = Object.values(DOORS).map(([first]) => first);
const OWN = Object.values(DOORS).flat();
const NAMES = ["a", "b", "c", "d", "e", "f"];

/** Ends whatever was begun, at Debian's and at ours, and marks the end in both logs. */
const SEPARATOR = ["1003", "101", "102", "103", ...DOORS["fence"]!];

/** Hits, TCP ones with flags other than SYN among them, and what they are to open. */
interface RandomKnock {
  readonly kind: string;
  readonly hits: readonly (string | { port: string; flags: number })[];
  readonly opens: readonly string[];
}

const door = fc.constantFrom(...NAMES);
const foreign = fc.tuple(
  fc.integer({ min: 20_000, max: 30_000 }),
  fc.constantFrom("", ":udp"),
).map(([port, protocol]) => `${port}${protocol}`);
const later = fc.constantFrom(...OWN.filter((knock) => !FIRST.includes(knock)));

/** Doors for other flags, hit with the right ones and with wrong ones. */
const FLAGGED: readonly [name: string, flags: number, opens: boolean][] = [
  ["finOnly", FIN, true],
  ["finOnly", FIN | RST, true],
  ["finOnly", FIN | ACK, false],
  ["finOnly", RST, false],
  ["synAck", SYN | ACK, true],
  ["synAck", SYN | ACK | PSH, true],
  ["synAck", ACK, false],
  ["anyFlags", SYN, true],
  ["anyFlags", ACK, true],
  ["anyFlags", 0, true],
];
const otherFlags = fc.constantFrom(...FLAGGED).map(([name, flags, opens]) => ({
  kind: `flags ${flags}`,
  hits: DOORS[name]!.map((port) => ({ port, flags })),
  opens: opens ? [name] : [],
}));

const right = door.map((name) => ({
  kind: "right",
  hits: DOORS[name]!,
  opens: [name],
}));
const twice = fc.tuple(door, door).map(([one, other]) => ({
  kind: "two in a row",
  hits: [...DOORS[one]!, ...DOORS[other]!],
  opens: [one, other],
}));
const late = fc.tuple(door, fc.array(later, { minLength: 1, maxLength: 4 })).map(
  ([name, before]) => ({
    kind: "others' later ports before",
    hits: [...before, ...DOORS[name]!],
    opens: [name],
  }),
);
const disturbed = fc.tuple(door, fc.array(foreign, { maxLength: 2 }), fc.nat()).map(
  ([name, ports, at]) => ({
    kind: "two foreign ports at most",
    hits: DOORS[name]!.toSpliced(1 + at % (DOORS[name]!.length - 1), 0, ...ports),
    opens: [name],
  }),
);
const flags = fc.constantFrom(ACK, RST, FIN | ACK, 0);
const flagged = fc.tuple(door, fc.constantFrom("7000", "8004", "9002"), flags, fc.nat())
  .map(([name, port, flags, at]) => {
    const hits: RandomKnock["hits"] = DOORS[name]!;
    const place = at % hits.length;
    return {
      kind: "a packet without SYN between",
      hits: hits.toSpliced(place, 0, { port, flags }),
      opens: [name],
    };
  });
const short = fc.tuple(door, fc.nat()).map(([name, at]) => ({
  kind: "one missing",
  hits: DOORS[name]!.toSpliced(at % DOORS[name]!.length, 1),
  opens: [],
}));
const wrong = fc.tuple(door, fc.nat(), fc.oneof(foreign, later)).map(
  ([name, at, other]) => {
    const hits = DOORS[name]!.toSpliced(at % DOORS[name]!.length, 1, other);
    return { kind: "one wrong", hits, opens: sameHits(hits, name) ? [name] : [] };
  },
);
const otherProtocol = fc.tuple(door, fc.nat()).map(([name, at]) => {
  const place = at % DOORS[name]!.length;
  const hit = DOORS[name]![place]!;
  const other = hit.endsWith(":udp") ? hit.slice(0, -4) : `${hit}:udp`;
  return {
    kind: "one by another protocol",
    hits: DOORS[name]!.toSpliced(place, 1, other),
    opens: [],
  };
});
const shuffled = door.chain((name) =>
  fc.shuffledSubarray([...DOORS[name]!], { minLength: DOORS[name]!.length }).map(
    (hits) => ({
      kind: "in any order",
      hits,
      opens: sameHits(hits, name) ? [name] : [],
    }),
  )
);

function sameHits(hits: readonly string[], name: string): boolean {
  return hits.join() === DOORS[name]!.join();
}

const knock: fc.Arbitrary<RandomKnock> = fc.oneof(
  right,
  twice,
  late,
  disturbed,
  flagged,
  short,
  wrong,
  otherProtocol,
  shuffled,
  otherFlags,
);

function config(scratch: Scratch, who: string): string {
  return Object.entries(DOORS).map(([name, ports]) =>
    `[${name}]\n  sequence = ${ports.join(",")}\n  ${
      TCP_FLAGS[name] ?? "tcpflags = syn"
    }\n` +
    `  command = echo ${name} %IP% >> ${scratch.path(who)}\n`
  ).join("");
}

/** What a daemon's log says opened between one fence and the next. */
function opened(daemon: Process): string[][] {
  const knocks: string[][] = [[]];
  for (const line of daemon.lines) {
    const [, name] = /: (\w+): OPEN SESAME/.exec(line) ?? [];
    if (name === "fence") knocks.push([]);
    else if (name !== undefined) knocks.at(-1)!.push(name);
  }
  return knocks.slice(0, -1);
}

Deno.test(`${COUNT} random knocks open the same doors here as at Debian's knockd`, async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const [theirConfig, ourConfig] = [
    await scratch.write("theirs.conf", config(scratch, "theirs")),
    await scratch.write("ours.conf", config(scratch, "ours")),
  ];
  const theirs = server.spawn([
    "/usr/sbin/knockd",
    "-v",
    "-i",
    "eth0",
    "-c",
    theirConfig,
  ]);
  const ours = server.spawn(classically(KNOCKD, "-v", "-i", "eth0", "-c", ourConfig));
  await theirs.waitForLine(/listening on/);
  await ours.waitForLine(/listening on eth0 \(/, 20_000);
  await untilHeard(theirs, await net.host("probe"), server.ipv4, DOORS["fence"]![0]!);

  const knocks = fc.sample(knock, { numRuns: COUNT, seed: SEED });
  let serial = 0;
  // A source each: what is left of one knock is part of the next one's hits otherwise.
  const framesOf = ({ hits }: RandomKnock, i: number) => {
    const [from, to] = i % 2 === 0
      ? [`10.77.1.${i}`, server.ipv4]
      : [`fd77::1:${i.toString(16)}`, server.ipv6];
    return [...hits, ...SEPARATOR].map((hit) =>
      typeof hit === "string"
        ? hitFrame(from, to, hit, ++serial)
        : hitFrame(from, to, hit.port, ++serial, hit.flags)
    );
  };
  // A few at a time: where the machine is busy, Debian's loses what has to wait for long.
  for (let sent = 0; sent < COUNT; sent += AT_ONCE) {
    const some = knocks.slice(sent, sent + AT_ONCE);
    await send(client, some.flatMap((each, i) => framesOf(each, sent + i)), {
      perSecond: 500,
    });
    for (const daemon of [ours, theirs]) {
      const done = () => opened(daemon).length >= sent + some.length;
      await waitFor(done, 60_000, () => `fences, but ${opened(daemon).length}`);
    }
  }

  const [byTheirs, byOurs] = [opened(theirs), opened(ours)];
  for (const [i, { kind, hits, opens }] of knocks.entries()) {
    const context = `knock ${i}, ${kind}: ${JSON.stringify(hits)}`;
    assert.deepEqual(byOurs[i], byTheirs[i], context);
    assert.deepEqual(byOurs[i], opens, context);
  }
  const total = knocks.flatMap(({ opens }) => opens).length;
  // Every knock is followed by the fence's.
  const ran = async (who: string) =>
    (await scratch.waitForLines(who, total + COUNT)).toSorted();
  assert.deepEqual(await ran("ours"), await ran("theirs"));
  console.log(`${COUNT} knocks, ${total} openings, ${serial} packets`);
});
