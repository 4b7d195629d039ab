/** By which interface packets come: rules may say one thing of it and another of the rest. */

import type { Options } from "../config/config.ts";
import { byRoute } from "./capture.ts";
import type { Machine } from "./machine.ts";

/**
 * The interface by which strangers come, where there is one alone. To rules the port of a
 * bridge or of a bond, which has no address, is not what packets come by.
 */
export function wayIn(
  machine: Machine,
  options: Pick<Options, "interfaces"> | undefined,
): string | undefined {
  const named = options?.interfaces.filter((name) => name !== "lo") ?? [];
  const isKnown = named.length > 0 && !named.includes("any");
  const all = isKnown ? named : byRoute(machine) ?? [];
  const [one] = all;
  const isSeen = machine.interfaces().some(({ name }) => name === one);
  return all.length === 1 && isSeen ? one : undefined;
}
