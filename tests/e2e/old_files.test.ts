/** The files that people have: what they open at Debian's knockd 0.8, and at ours. */
import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import type { Config } from "../../lib/config/config.ts";
import type { Door, Knock } from "../../lib/core/door.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { readSequenceFile } from "../../lib/files/sequence_file.ts";
import { copyOldFile, OLD_FILES } from "../config/classic/old_files.ts";
import { Scratch } from "../lab/daemon.ts";
import { hitFrame, send } from "../lab/frames_sent.ts";
import { type Host, Network, type Process, waitFor } from "../lab/net.ts";
import { settle } from "../server/fake_system.ts";
import { MemoryWorld } from "../server/memory_world.ts";

/** Ends each command before it does anything. */
const HARMLESS = "exit 0; ";
/** Who knocks: one address for each knock, as knocks of one address disturb each other. */
const addressOf = (number: number, six: boolean) =>
  six
    ? `fd77::1:${number.toString(16)}`
    : `10.77.${1 + (number >> 7)}.${1 + number % 128}`;

/** A knock on a door of a file, right or wrong. */
interface Knocking {
  readonly file: string;
  readonly from: string;
  readonly frames: readonly Uint8Array[];
  /** Whether it has all the ports of its door. */
  readonly whole: boolean;
}

/** What opened: `ADDRESS DOOR`, and the commands that ran. */
interface Opened {
  readonly doors: readonly string[];
  readonly commands: readonly string[];
}

/** Knocks for the doors of a config: each right one after one that lacks its last port. */
class Knocks {
  readonly all: Knocking[] = [];
  readonly #server: Host;
  #serial = 0;

  constructor(server: Host) {
    this.#server = server;
  }

  add(file: string, config: Config): void {
    for (const door of config.doors) {
      for (const sequence of sequencesOf(door)) {
        this.#knock(file, door, sequence, { whole: false });
        this.#knock(file, door, sequence);
        if (door.target === undefined) this.#knock(file, door, sequence, { six: true });
      }
    }
  }

  #knock(
    file: string,
    door: Door,
    sequence: readonly Knock[],
    { six = false, whole = true } = {},
  ): void {
    // A one-time sequence opens once.
    if (door.key.kind === "file" && six) return;
    const from = addressOf(this.all.length, six);
    const { ipv4, ipv6 } = this.#server;
    const to = door.target?.text ?? (six ? ipv6 : ipv4);
    const flags = door.tcpFlags.value || 2;
    const frames = sequence.slice(0, whole ? undefined : -1).map((knock) =>
      hitFrame(from, to, formatKnock(knock), ++this.#serial, flags)
    );
    this.all.push({ file, from, frames, whole });
  }
}

function sequencesOf({ key }: Door): (readonly Knock[])[] {
  if (key.kind === "static") return [key.sequence];
  assert.equal(key.kind, "file");
  // Debian's changes its filter for the next one, and misses what comes meanwhile.
  return readSequenceFile(key.kind === "file" ? key.path : "").unused.slice(0, 1)
    .map(({ sequence }) => sequence);
}

/** What ours opens, in memory, for the knocks on a file's doors. */
async function oursOpens(
  config: Config,
  server: Host,
  knocks: readonly Knocking[],
): Promise<Opened> {
  await using world = new MemoryWorld(config);
  const { network, system, log: { lines } } = world;
  network.add("eth0", { addresses: [server.ipv4, server.ipv6] });
  await world.start();
  for (const { frames } of knocks) {
    for (const bytes of frames) {
      network.arrive("eth0", { bytes, time: system.now() });
      await settle();
    }
    await letPass(world);
  }
  const whole = knocks.filter((knock) => knock.whole).length;
  await waitFor(
    async () => {
      await letPass(world);
      return openedIn(lines).doors.length >= whole;
    },
    60_000,
    () => `${whole} openings, but ${lines.join("\n")}`,
  );
  return openedIn(lines);
}

/** Ends the commands that run, and lets the capture, which waits in traffic, read on. */
async function letPass(world: MemoryWorld): Promise<void> {
  await world.finish();
  await world.system.advance(10);
}

/** What lines of a log say that opened. Names are those of the file, as often as there. */
function openedIn(lines: readonly string[]): Opened {
  const doors: string[] = [];
  const commands: string[] = [];
  for (const line of lines) {
    const [, from, door] = /(\S+): (.*): OPEN SESAME$/.exec(line) ?? [];
    if (door !== undefined) doors.push(`${from} ${door.replace(/ \(\d\)$/, "")}`);
    const [, command] = /: running command: (.*)$/.exec(line) ?? [];
    if (command !== undefined) commands.push(command.replace(/\/(ours|theirs)\//g, "/"));
  }
  return { doors: doors.toSorted(), commands: commands.toSorted() };
}

/** Ours in a directory of its own, ready for knocks. */
async function readOurs(name: string, scratch: Scratch): Promise<Config | undefined> {
  const directory = scratch.path(`ours/${name}`);
  Deno.mkdirSync(directory, { recursive: true });
  const { config } = await loadConfig(copyOldFile(name, directory, HARMLESS));
  return config && {
    ...config,
    options: { ...config.options, interfaces: ["eth0"], stateDir: `${directory}/state` },
  };
}

Deno.test("the files that people have open the same here as at Debian's knockd", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const knocks = new Knocks(server);
  const theirs = new Map<string, Process>();
  const ours = new Map<string, Config>();
  for (const { name, said } of OLD_FILES) {
    const directory = scratch.path(`theirs/${name}`);
    Deno.mkdirSync(directory, { recursive: true });
    const path = copyOldFile(name, directory, HARMLESS);
    const argv = ["/usr/sbin/knockd", "-v", "-i", "eth0", "-c", path];
    theirs.set(name, server.spawn(argv));
    const config = await readOurs(name, scratch);
    assert.equal(config === undefined, said.some((line) => /^error/.test(line)), name);
    if (config === undefined) continue;
    ours.set(name, config);
    knocks.add(name, config);
  }
  for (const { name, theirs: made } of OLD_FILES) {
    const daemon = theirs.get(name)!;
    if (made === "refuses") assert.equal(await daemon.exited, 1, name);
    else await daemon.waitForLine(/listening on/, 60_000);
  }

  await send(client, knocks.all.flatMap(({ frames }) => frames), { perSecond: 500 });
  for (const { name, theirs: made } of OLD_FILES) {
    const config = ours.get(name);
    if (config === undefined) continue;
    const own = knocks.all.filter(({ file }) => file === name);
    const here = await oursOpens(config, server, own);
    assert.notEqual(here.doors.length, 0, name);
    if (made !== "runs") continue;
    const froms = new Set(own.map(({ from }) => from));
    const there = () => ofThese(openedIn(theirs.get(name)!.lines), froms);
    await waitFor(
      () =>
        there().doors.length >= here.doors.length &&
        here.commands.every((command) => there().commands.includes(command)),
      60_000,
      () => JSON.stringify([name, here, there()]),
    );
    assert.deepEqual([name, there().doors], [name, here.doors]);
  }
});

/** Other files' knocks are heard as well, and open what has the same ports. */
function ofThese({ doors, commands }: Opened, froms: ReadonlySet<string>): Opened {
  return { doors: doors.filter((line) => froms.has(line.split(" ")[0]!)), commands };
}
