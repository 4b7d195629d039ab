/** Whose knocks a change of the config has made worthless. */

import { type Door, isOtpDoor, type OtpDoor } from "../core/door.ts";
import type { Secret } from "../core/secret.ts";

/** Clients of a door who were enrolled with something else than it has now. */
export interface Outdated {
  readonly door: string;
  readonly clients: readonly string[];
  /** What their profiles have, as in the config: `label = "ssh"`. */
  readonly enrolledWith: readonly string[];
}

/** The clients whose secret is the same, and who make other knocks of it than the door. */
export function changedForClients(
  before: readonly Door[],
  after: readonly Door[],
): Outdated[] {
  const doors = after.filter(isOtpDoor);
  const names = new Set(doors.map(({ name }) => name));
  const previous = new Map<string, OtpDoor>();
  for (const door of before.filter(isOtpDoor)) {
    // One that is gone may have another name now.
    const name = names.has(door.name) ? door.name : "";
    for (const { secret } of door.key.clients) previous.set(keyOf(name, secret), door);
  }
  return doors.flatMap((door) => {
    const { name, key } = door;
    const was = Map.groupBy(key.clients, ({ secret }) => {
      const then = previous.get(keyOf(name, secret)) ?? previous.get(keyOf("", secret));
      return enrolledWith(then, door).join("\n");
    });
    was.delete("");
    return [...was].map(([differs, clients]) => ({
      door: name,
      clients: clients.map((client) => client.name),
      enrolledWith: differs.split("\n"),
    }));
  });
}

function keyOf(door: string, secret: Secret): string {
  return `${door} ${secret.reveal().toHex()}`;
}

function enrolledWith(before: OtpDoor | undefined, after: OtpDoor): string[] {
  if (before === undefined) return [];
  const now = profileOf(after);
  return profileOf(before).filter((line) => !now.includes(line));
}

/** What a client's profile has of its door; a packet's port that is new shuts nobody out. */
function profileOf({ label, key: { otp } }: OtpDoor): string[] {
  return [
    `label = "${label}"`,
    `length = ${otp.length}`,
    `ports = "${otp.lo}-${otp.hi}"`,
    `protocol = "${otp.protocol}"`,
    `mode = "${otp.mode}"`,
    `period = ${otp.period}`,
    `bind_source = ${otp.bindSource}`,
    ...otp.packet === undefined ? [] : [`packet = ${otp.packet}`],
  ];
}
