/** How soon after its start a daemon hears. */

import { sleep } from "../../tests/lab/net.ts";
import type { Arena } from "./arena.ts";
import type { ClassicDoor, Contender } from "./contender.ts";

/** Knocked on alone, with a single packet. */
const PORT = 6000;
/** From one command's ring on, those of the packets just before it may still come. */
const STRAGGLERS_MS = 100;

/**
 * Starts a daemon and knocks on a door with a single port, every millisecond from another of
 * these addresses. The command tells whom it opened for, and thus which packet was the first
 * to be heard.
 *
 * @returns Milliseconds from the start of the daemon to that packet, not to its command.
 */
export async function startToHearing(
  { bell, knocker, server, directory, door }: Arena,
  contender: Contender,
  sources: readonly string[],
  others: readonly ClassicDoor[] = [],
  more?: string,
): Promise<number> {
  const doors = [{ ...door, name: "first", sequence: String(PORT) }, ...others];
  const argv = await contender.prepare(directory, doors, more);
  bell.silence();
  const begin = performance.now();
  await using _daemon = server.spawn(argv);
  const sent = new Map<string, number>();
  for (const source of sources) {
    sent.set(source, knocker.knock(server.ipv4, [PORT], source));
    await sleep(1);
    const first = bell.wait(0);
    if (first === undefined) continue;
    await sleep(STRAGGLERS_MS);
    const heard = first.text + (bell.wait(0)?.text ?? "");
    const times = heard.trim().split("\n").map((ip) => sent.get(ip) ?? Infinity);
    return Math.min(...times) - begin;
  }
  return Infinity;
}
