/**
 * Knocks before the first one, and a flood before the first one. The engine compiles what
 * runs, and makes fast what runs often: without this the first knock of a daemon takes twenty
 * times as long as the hundredth, and many daemons never hear a hundred; a flood is at its
 * dearest when it begins. So doors like those of the config are opened for addresses that
 * nobody has, in memory, where nothing is said and nobody let in.
 */

import { addressFromBytes } from "../../core/address.ts";
import type { Door, Knock, Sequence } from "../../core/door.ts";
import type { World } from "../world.ts";
import { type Part, partsFor } from "./part.ts";
import { type Scenery, Stage } from "./stage.ts";

/** Knocks on each door: as many as the engine needs to have compiled what matters. */
const KNOCKS = 60;
/** Waits until the start is over for a program that ends soon, too. */
const FLOOD_AFTER_MS = 2500;
/** How often packets of a flood are read, and how often in a row; it needs thousands. */
const READS = 4800;
const READS_IN_A_ROW = 16;
/** What else a flood's packets do would be thrown away at the first knock after it. */
const READS_A_KNOCK = 80;
const KNOCKERS = 20;
/** Sources that hit again and again, and those of a crowd. */
const REGULARS = 16;
const CROWD = 1024;
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
  const opened = await rehearseKnocks(parts, world, pause);
  await pause(FLOOD_AFTER_MS);
  await rehearseFlood(parts, world, pause);
  await pause(COMPILING_MS);
  return opened;
}

async function rehearseKnocks(
  parts: readonly Part[],
  world: Surroundings,
  pause: Pause,
): Promise<number> {
  using stage = await Stage.for(sceneryOf(parts), world, () => false);
  for (let knock = 0; knock < KNOCKS; knock++) {
    await pause(PAUSE_MS);
    for (const { sequence } of parts) knockOn(stage, sequence(knock), knock);
  }
  return stage.opened;
}

/**
 * On a stage of its own: what is compiled for the objects of one daemon alone does not fit
 * those of another. All hit a first port, which opens nothing where there are more.
 */
async function rehearseFlood(
  parts: readonly Part[],
  world: Surroundings,
  pause: Pause,
): Promise<void> {
  const sequences = parts.map(({ sequence }) => sequence(KNOCKS));
  const ports = sequences.filter(({ length }) => length > 1).map(([first]) => first!);
  using stage = await Stage.for(sceneryOf(parts), world);
  for (let read = 0; read < READS; read++) {
    if (read % READS_IN_A_ROW === 0) await pause(PAUSE_MS);
    if (read % READS_A_KNOCK === 0) {
      for (const { sequence } of parts) knockAmid(stage, sequence, read / READS_A_KNOCK);
    }
    for (const port of ports) floodOn(stage, port, read);
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

function floodOn(stage: Stage, knock: Knock, read: number): void {
  const crowd = [0, 1, 2].map((i) => (3 * read + i) % CROWD);
  const sources = [
    addressOf(203, 0, 113, read % REGULARS),
    ...crowd.map((one) => addressOf(198, 18, one >> 8, one)),
  ];
  stage.deliver(sources.map((from) => ({
    ...{ knock, from, to: HERE },
    sequence: HIGH + read,
  })));
}

function addressOf(...bytes: readonly number[]) {
  return addressFromBytes(
    Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes]),
  );
}
