/** The ports that the kernel opens: `22`, `51820:udp`, `8000-8010`. */

import type { Protocol } from "../door.ts";
import { quoted } from "../printable.ts";
import { parseKnock } from "../sequence.ts";
import type { PortRange } from "./kernel_ports.ts";

/** Reads one port or range; a string says what is wrong. */
export function parsePortRange(text: string): PortRange | string {
  const [, low = "", high, protocol = ""] =
    /^([^:-]*)(?:-([^:-]*))?((?::.*)?)$/s.exec(text.trim()) ?? ["", text, undefined, ""];
  if (low.trim() === "") return `${quoted(text)} is not a port number`;
  const first = parseKnock(low.trim() + protocol);
  if (typeof first === "string") return first.replace("knocked on", "opened");
  const { port, protocol: own } = first;
  if (high === undefined) return { first: port, last: port, protocol: own };
  const last = parseKnock(high.trim());
  if (typeof last === "string") return last.replace("knocked on", "opened");
  if (last.port < first.port) return `the range ends below its start`;
  return { first: first.port, last: last.port, protocol: first.protocol };
}

/** The text of ports, which {@linkcode parsePortRange} reads back. */
export function formatPortRange({ first, last, protocol }: PortRange): string {
  const ports = first === last ? `${first}` : `${first}-${last}`;
  return protocol === "tcp" ? ports : `${ports}:${protocol}`;
}

/** The same ports of one protocol in their order, none of them twice. */
export function mergeRanges(
  ranges: readonly PortRange[],
  protocol: Protocol,
): PortRange[] {
  const merged: PortRange[] = [];
  const own = ranges.filter((range) => range.protocol === protocol);
  for (const { first, last } of own.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before === undefined || first > before.last + 1) {
      merged.push({ first, last, protocol });
    } else if (last > before.last) {
      merged[merged.length - 1] = { ...before, last };
    }
  }
  return merged;
}
