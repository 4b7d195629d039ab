/**
 * Knocks before the first one, and a flood before the first one. The engine compiles what
 * runs, and makes fast what runs often: without this the first knock of a daemon takes twenty
 * times as long as the hundredth, and many daemons never hear a hundred; a flood is at its
 * dearest when it begins. So doors like those of the config are opened for addresses that
 * nobody has, in memory, where nothing is said and nobody let in.
 *
 * @module
 */
import { addressFromBytes } from "../../core/address.ts";
import type { Client, Door, OtpKey, Sequence, StaticKey } from "../../core/door.ts";
import type { KernelDoor } from "../../core/firewall/guarded_door.ts";
import { derivationKey, deriveSequence } from "../../core/one_time/derive.ts";
import { Secret } from "../../core/secret.ts";
import type { System } from "../system.ts";
import { ETHERNET, knockFrame } from "./frame.ts";
import { Stage } from "./stage.ts";

/** Knocks on each door: as many as the engine needs to have compiled what matters. */
const KNOCKS = 60;
/** Sources that flood each door, and how often: until the matcher forgets their oldest hits. */
const FLOODERS = 16;
const FLOODS = 140;
/** Between two of them, so that whatever else there is to do has its turn. */
const PAUSE_MS = 2;
const HERE = addressOf(192, 0, 2, 1);
const PORTS = [{ first: 1, last: 1, protocol: "tcp" }] as const;
/** HMAC-SHA256 takes as long with any secret. */
const SECRET_LENGTH = 20;

/** What a knock of a number is, on a door of a rehearsal. */
interface Part {
  readonly door: KernelDoor;
  readonly sequence: (knock: number) => Sequence;
}

/**
 * Rehearses doors of each kind that a config has.
 *
 * @returns How often a door was opened.
 */
export async function rehearse(
  doors: readonly Door[],
  system: System,
  pause: () => Promise<void> = () =>
    new Promise((resolve) => system.schedule(PAUSE_MS, resolve)),
): Promise<number> {
  const parts = [staticPart(doors), rotatingPart(doors)].filter((part) =>
    part !== undefined
  );
  if (parts.length === 0) return 0;
  using stage = await Stage.for(parts.map(({ door }) => door), system);
  stage.doorman.setHostAddresses([HERE]);
  for (let knock = 0; knock < KNOCKS; knock++) {
    await pause();
    for (const part of parts) knockOn(part, knock, stage, system);
  }
  for (let flood = 0; flood < FLOODS; flood++) {
    await pause();
    for (const part of parts) floodOn(part, flood, stage, system);
  }
  return stage.opened;
}

function knockOn(part: Part, knock: number, stage: Stage, system: System): void {
  const from = addressOf(198, 51, 100, knock);
  part.sequence(knock).forEach((hit, i) => {
    send(stage, system, knockFrame(hit, { from, to: HERE, sequence: (knock << 8) + i }));
  });
}

/** Each hits the first port, which opens nothing where there are more. */
function floodOn(part: Part, flood: number, stage: Stage, system: System): void {
  const [first, ...more] = part.sequence(KNOCKS);
  if (more.length === 0) return;
  for (let i = 0; i < FLOODERS; i++) {
    const from = addressOf(203, 0, 113, i);
    send(stage, system, knockFrame(first!, { from, to: HERE, sequence: flood }));
  }
}

function send(stage: Stage, system: System, bytes: Uint8Array<ArrayBuffer>): void {
  stage.doorman.packet(ETHERNET, bytes, 0, bytes.length, system.now());
}

function staticPart(doors: readonly Door[]): Part | undefined {
  for (const door of doors) {
    if (door.key.kind !== "static") continue;
    const { sequence } = door.key;
    return { door: likeIt(door, door.key, "static"), sequence: () => sequence };
  }
  return undefined;
}

function rotatingPart(doors: readonly Door[]): Part | undefined {
  for (const door of doors) {
    if (door.key.kind !== "otp") continue;
    const secret = new Secret(crypto.getRandomValues(new Uint8Array(SECRET_LENGTH)));
    const client: Client = { name: "rehearsal", secret };
    const { packet: _, ...otp } = {
      ...door.key.otp,
      mode: "hotp",
      bindSource: false,
    } as const;
    const key: OtpKey = { kind: "otp", otp, clients: [client] };
    const codes = derivationKey(secret, door.label);
    return {
      door: likeIt(door, key, "rotating"),
      sequence: (knock) => deriveSequence(otp, knock, codes),
    };
  }
  return undefined;
}

/** A door of the same kind that changes nothing but an element. */
function likeIt(door: Door, key: StaticKey | OtpKey, name: string): KernelDoor {
  const { start: _start, stop: _stop, target: _target, fleet: _fleet, ...same } = door;
  const kernel = { ports: PORTS, allow: [], connections: 0 } as const;
  return { ...same, name, key, kernel, closes: [], cooldown: 0, maxOpen: 2 * KNOCKS };
}

function addressOf(...bytes: readonly number[]) {
  return addressFromBytes(
    Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes]),
  );
}
