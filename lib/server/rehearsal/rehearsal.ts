/**
 * Knocks before the first one, and a flood before the first one. The engine compiles what
 * runs, and makes fast what runs often: without this the first knock of a daemon takes twenty
 * times as long as the hundredth, and many daemons never hear a hundred; a flood is at its
 * dearest when it begins. So doors like those of the config are opened for addresses that
 * nobody has, in memory, where nothing is said and nobody let in.
 */

import { type Address, addressFromBytes } from "../../core/address.ts";
import type { Door, Knock, Sequence } from "../../core/door.ts";
import type { World } from "../world.ts";
import { doorBeside, type Part, partsFor } from "./part.ts";
import { type Scenery, Stage } from "./stage.ts";

/** Knocks on each door: as many as the engine needs to have compiled what matters. */
const KNOCKS = 60;
/** Waits until the start is over for a program that ends soon, too. */
const FLOOD_AFTER_MS = 2500;
/** How often packets of a flood are read, and how often in a row; it needs thousands. */
const READS = 9600;
const READS_IN_A_ROW = 32;
/** What else a flood's packets do would be thrown away at the first knock after it. */
const READS_A_KNOCK = 80;
const KNOCKERS = 20;
/** Sources that hit again and again, and those of a crowd. */
const REGULARS = 4;
const CROWD = 1024;
/** Ports that are nobody's, so many from this one on. */
const NOBODYS = 64;
const FIRST_NOBODYS = 1024;
/** The engine goes on compiling for a while. */
const COMPILING_MS = 3000;
/** Between two tries, so that whatever else there is to do has its turn. */
const PAUSE_MS = 2;
const HERE = addressOf(192, 0, 2, 1);
/** Most sequence numbers of TCP are no small integers, which the engine sets apart. */
const HIGH = 0xf000_0000;

type Surroundings = Pick<World, "system" | "faults">;
type Pause = (ms: number) => Promise<void>;

/**
 * Rehearses knocks on doors of each kind that a config has, and later a flood.
 *
 * @returns How often a door was opened.
 */
export async function rehearse(
  doors: readonly Door[],
  world: Surroundings,
  pause: Pause = (ms) => new Promise((resolve) => world.system.schedule(ms, resolve)),
): Promise<number> {
  const parts = partsFor(doors, 2 * KNOCKS);
  if (parts.length === 0) return 0;
  // What is compiled for the objects of one daemon alone does not fit those of another: the
  // engine has to meet two at a time.
  using stage = await Stage.for(sceneryOf(parts), world, () => false);
  await rehearseKnocks(stage, parts, pause);
  await pause(FLOOD_AFTER_MS);
  await rehearseFlood(parts, world, pause);
  await pause(COMPILING_MS);
  return stage.opened;
}

async function rehearseKnocks(
  stage: Stage,
  parts: readonly Part[],
  pause: Pause,
): Promise<void> {
  for (let knock = 0; knock < KNOCKS; knock++) {
    await pause(PAUSE_MS);
    for (const { sequence } of parts) knockOn(stage, sequence(knock), knock);
  }
}

/** Nobody hits a last port, so that nothing opens. */
async function rehearseFlood(
  parts: readonly Part[],
  world: Surroundings,
  pause: Pause,
): Promise<void> {
  const floods = parts.map((part) => ({ part, sequence: part.sequence(KNOCKS) }))
    .filter(({ sequence }) => sequence.length > 1);
  const doors = [
    ...parts.map(({ door }) => door),
    ...floods.map(({ part, sequence }) => doorBeside(part, sequence)),
  ];
  using stage = await Stage.for({ doors, address: HERE }, world);
  for (let read = 0; read < READS; read++) {
    if (read % READS_IN_A_ROW === 0) await pause(PAUSE_MS);
    if (read % READS_A_KNOCK === 0) {
      for (const { sequence } of parts) knockAmid(stage, sequence, read / READS_A_KNOCK);
    }
    for (const { sequence } of floods) floodOn(stage, sequence, read);
  }
}

function sceneryOf(parts: readonly Part[]): Scenery {
  return { doors: parts.map(({ door }) => door), address: HERE };
}

/** Twice, as a knock that is sent again, by people who have knocked before. */
function knockAmid(stage: Stage, sequence: Part["sequence"], number: number): void {
  for (let times = 0; times < 2; times++) {
    knockOn(stage, sequence(number), number, number % KNOCKERS);
  }
}

function knockOn(stage: Stage, sequence: Sequence, number: number, who = number): void {
  const from = addressOf(198, 51, 100, who);
  stage.deliver(sequence.map((knock, i) => ({
    ...{ knock, from, to: HERE },
    sequence: HIGH + (number << 8) + i,
  })));
}

/** What is not rehearsed would have all that is compiled thrown away when it comes. */
function floodOn(stage: Stage, sequence: Sequence, read: number): void {
  const first = sequence[0]!;
  const turn = Math.floor(read / REGULARS);
  const other = sequence[turn % (sequence.length - 1)]!;
  const nobodys = { port: FIRST_NOBODYS + read % NOBODYS, protocol: "tcp" } as const;
  const regular = read % REGULARS;
  const some = (3 * read) % CROWD;
  const hits: readonly [Knock, Address][] = [
    [regular === 0 ? other : first, addressOf(203, 0, 113, regular)],
    [first, addressOf(198, 18, some >> 8, some)],
    [other, addressOf(198, 18, 4 + (some >> 8), some)],
    [read % 3 === 0 ? nobodys : other, addressOf(198, 18, 8 + (some >> 9), some >> 1)],
  ];
  stage.deliver(hits.map(([knock, from]) => ({
    ...{ knock, from, to: HERE },
    sequence: HIGH + read,
  })));
}

function addressOf(...bytes: readonly number[]) {
  return addressFromBytes(
    Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes]),
  );
}
