/** Which ports doors open, as a command line says it: `--port ssh=22`. */

import type { Door, Knock } from "../../../core/door.ts";
import { UsageError } from "../../../core/failure.ts";
import { parseKnock } from "../../../core/sequence.ts";

const SSH: Knock = { port: 22, protocol: "tcp" };
/** A door that opens no port: it runs commands of another kind, or closes a door. */
const NO_PORT = "none";

/** The doors whose commands open ports, each with its ports; the kernel's are no such doors. */
export function portsOfDoors(
  all: readonly Door[],
  given: readonly string[],
): [Door, readonly Knock[]][] {
  const doors = all.filter(({ kernel }) => kernel === undefined);
  const said = new Map<string, Knock[]>();
  for (const text of given) {
    const { door, port } = readDoorPort(text, all);
    const ports = said.get(door) ?? [];
    said.set(door, port === undefined ? ports : [...ports, port]);
  }
  const unknown = doors.filter((door) =>
    !said.has(door.name) && impliedPorts(door) === undefined
  );
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name);
    throw new UsageError(
      `the config does not say which port ${
        names.length === 1 ? "this door opens" : "these doors open"
      }: ${names.join(", ")}`,
      names.map((name) => `--port ${shown(`${name}=PORT`)}`).join(" ") +
        `, with ${NO_PORT} for a door that opens no port`,
    );
  }
  return doors
    .map((
      door,
    ): [Door, Knock[]] => [door, said.get(door.name) ?? impliedPorts(door) ?? []])
    .filter(([, ports]) => ports.length > 0);
}

/** The ports of a door of which nothing was said, if there is no doubt. */
function impliedPorts(door: Door): Knock[] | undefined {
  if (door.closes.length > 0 && door.start === undefined) return [];
  return opensSsh(door) ? [SSH] : undefined;
}

function readDoorPort(
  text: string,
  doors: readonly Door[],
): { door: string; port: Knock | undefined } {
  const equals = text.lastIndexOf("=");
  const name = text.slice(0, equals);
  const port = text.slice(equals + 1);
  const what = `--port ${shown(text.slice(0, 200))}`;
  if (equals < 1) {
    throw new UsageError(`${what} has no door`, "--port DOOR=22, or DOOR=53:udp");
  }
  const door = doors.find((door) => door.name === name);
  if (door?.kernel !== undefined) {
    throw new UsageError(
      `${what}: the kernel opens this door by itself`,
      "its ports are those of its open in the config",
    );
  }
  if (door === undefined) {
    const names = doors.map((door) => door.name).join(", ");
    throw new UsageError(
      `${what}: there is no such door in the config`,
      `it has ${names}`,
    );
  }
  if (port === NO_PORT) return { door: name, port: undefined };
  const knock = parseKnock(port.replace("/", ":"));
  if (typeof knock === "string") throw new UsageError(`${what}: ${knock}`);
  return { door: name, port: knock };
}

/** Only a door that says so: what closes another (openSSH, closeSSH) opens nothing. */
function opensSsh({ name, label }: Door): boolean {
  return /ssh/i.test(name + label) && !/close/i.test(name);
}

function shown(word: string): string {
  return /^[\w.:=-]+$/.test(word) ? word : JSON.stringify(word);
}
