/** The least that a figure can be: programs of ../floor that do no more than they must. */

import { run } from "../../tests/lab/process.ts";
import { PERMISSIONS, V8_FLAGS } from "../../tools/permissions.ts";
import type { Contender } from "./contender.ts";

const FOLDER = new URL("../floor/", import.meta.url).pathname;
const FLAGS = ["--quiet", "--no-config", "--no-lock", "--no-code-cache", V8_FLAGS];

/** A Deno program that does nothing, run as the executable runs ours. */
export const EMPTY: readonly string[] = [
  ...[Deno.execPath(), "run", ...FLAGS, ...PERMISSIONS],
  `${FOLDER}empty.ts`,
];

/** Compiles a program of ../floor into a directory; its path there. */
export async function floorProgram(
  directory: string,
  name: string,
  libraries: readonly string[],
): Promise<string> {
  const program = `${directory}/floor-${name}`;
  // One with its version in its name needs nothing of its package for developers.
  const link = libraries.map((library) =>
    library.includes(".so.") ? `-l:${library}` : `-l${library}`
  );
  await run(["gcc", "-O2", "-o", program, `${FOLDER}${name}.c`, ...link]);
  return program;
}

/** libpcap and posix_spawn: what a packet takes to become a command. */
export const KNOCK_FLOOR: Contender = {
  side: "floor",
  settling: 300,
  async prepare(directory, [door]) {
    const program = await floorProgram(directory, "knock", ["pcap"]);
    const command = String(door!.command).replace("%IP%", "opened");
    return [program, "eth0", door!.sequence, command];
  },
};

/** libpcap and a hash table: what a packet of a flood takes to be remembered. */
export const COUNT_FLOOR: Contender = {
  side: "floor",
  settling: 300,
  async prepare(directory) {
    return [await floorProgram(directory, "count", ["pcap"]), "eth0"];
  },
};

/** A Deno program that waits, beside daemons that are idle. */
export const IDLE_FLOOR: readonly string[] = [...EMPTY, "wait"];
