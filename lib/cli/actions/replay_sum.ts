/** What `knockd replay` says at the end. */

import { plural } from "../../core/plural.ts";
import type { Replayed } from "../../server/replay/replay.ts";
import { SOURCES_COUNTED } from "../../server/replay/scans.ts";

/** The lines that sum a recording up. */
export function sumLines(replayed: Omit<Replayed, "cutOff">): string[] {
  const { packets, hits, seconds, opened, refused, sources, scans } = replayed;
  const rate = seconds > 0 ? `, ${Math.round(packets / seconds)} a second` : "";
  const orMore = sources >= SOURCES_COUNTED ? " or more" : "";
  return [
    `${plural(packets, "packet")} in ${seconds.toFixed(1)} s${rate}; ` +
    `${hits} could be ${hits === 1 ? "a hit" : "hits"}, ` +
    `from ${plural(sources, "source")}${orMore}`,
    `${opened} opened, ${refused} refused`,
    ...scans.map(({ ip, ports }) => `${ip} looks like a scan: ${plural(ports, "port")}`),
  ];
}
