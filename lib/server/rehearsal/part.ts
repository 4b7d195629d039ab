/** The doors of a rehearsal: like those of a config, but for what they do. */

import type { Client, Door, OtpKey, Sequence, StaticKey } from "../../core/door.ts";
import type { KernelDoor } from "../../core/firewall/guarded_door.ts";
import { derivationKey, deriveSequence } from "../../core/one_time/derive.ts";
import { Secret } from "../../core/secret.ts";

const PORTS = [{ first: 1, last: 1, protocol: "tcp" }] as const;
const NOBODYS = { port: 1, protocol: "tcp" } as const;
/** HMAC-SHA256 takes as long with any secret. */
const SECRET_LENGTH = 20;

/** A door, and what a knock of a number is on it. */
export interface Part {
  readonly door: KernelDoor;
  readonly sequence: (knock: number) => Sequence;
}

/** A door for each kind that a config has; each may be opened so many times. */
export function partsFor(doors: readonly Door[], openings: number): Part[] {
  return [staticPart(doors, openings), rotatingPart(doors, openings)].filter((part) =>
    part !== undefined
  );
}

function staticPart(doors: readonly Door[], openings: number): Part | undefined {
  for (const door of doors) {
    if (door.key.kind !== "static") continue;
    const { sequence } = door.key;
    return {
      door: likeIt(door, { key: door.key, name: "static", openings }),
      sequence: () => sequence,
    };
  }
  return undefined;
}

function rotatingPart(doors: readonly Door[], openings: number): Part | undefined {
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
      door: likeIt(door, { key, name: "rotating", openings }),
      sequence: (knock) => deriveSequence(otp, knock, codes),
    };
  }
  return undefined;
}

/** A door that a knock is on as well, but for its last port, which nobody hits. */
export function doorBeside({ door }: Part, knock: Sequence): KernelDoor {
  const sequence = [...knock.slice(0, -1), NOBODYS];
  const name = `beside ${door.name}`;
  return likeIt(door, { key: { kind: "static", sequence }, name, openings: 1 });
}

/** A door of the same kind that changes nothing but an element. */
function likeIt(
  door: Door,
  { key, name, openings }: {
    readonly key: StaticKey | OtpKey;
    readonly name: string;
    readonly openings: number;
  },
): KernelDoor {
  const { start: _start, stop: _stop, target: _target, fleet: _fleet, ...same } = door;
  const kernel = { ports: PORTS, allow: [], connections: 0 } as const;
  return { ...same, name, key, kernel, closes: [], cooldown: 0, maxOpen: openings };
}
