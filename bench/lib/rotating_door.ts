/** A rotating door of any number of clients, and how the first of them knocks. */

import { derivationKey, deriveSequence } from "../../lib/core/one_time/derive.ts";
import { Secret } from "../../lib/core/secret.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";

/** Of the door's ports, as they are by default. */
export const LOW = 10_000, HIGH = 59_999;
const NAME = "rotating";
const SHAPE = { length: 5, lo: LOW, hi: HIGH, protocol: "tcp" } as const;

/** Its part of a knock.toml; its counters count knocks, not the time. */
export function rotatingDoor(command: string, clients: number): string {
  return rotatingDoorThat([`command = ${JSON.stringify(command)}`], clients);
}

/** The same of a door that does something else, in the config's words. */
export function rotatingDoorThat(does: readonly string[], clients: number): string {
  const text = [
    "",
    `[doors.${NAME}]`,
    ...does,
    `[doors.${NAME}.otp]`,
    `mode = "hotp"`,
    `look_ahead = 2`,
  ];
  for (let i = 0; i < clients; i++) {
    text.push(`[doors.${NAME}.clients.c${i}]`, `secret = "${formatSecret(secretOf(i))}"`);
  }
  return text.join("\n") + "\n";
}

/** What the first client knocks on with a counter. */
export function portsOf(counter: number): number[] {
  const key = derivationKey(secretOf(0), NAME);
  return deriveSequence(SHAPE, counter, key).map(({ port }) => port);
}

function secretOf(client: number): Secret {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, client + 1);
  return new Secret(bytes);
}
