/** The ports of a door with `open`, in the text that both formats have for them. */

import type { PortRange } from "../core/firewall/kernel_ports.ts";
import { parsePortRange } from "../core/firewall/port_range.ts";
import { MAX_OPEN_PORTS } from "./limits.ts";

/** What is wrong with a part of the text. */
interface OpenProblem {
  /** Where the part begins in the text. */
  readonly offset: number;
  readonly message: string;
}

/** Reads `22, 51820:udp, 8000-8010`, reporting every part that is wrong. */
export function parseOpen(text: string): { ports: PortRange[]; problems: OpenProblem[] } {
  const ports: PortRange[] = [];
  const problems: OpenProblem[] = [];
  if (text.trim() === "") return { ports, problems: [{ offset: 0, message: NO_PORT }] };
  const parts = text.split(",");
  let offset = 0;
  for (const part of parts.slice(0, MAX_OPEN_PORTS)) {
    const range = parsePortRange(part);
    if (typeof range === "string") {
      const lead = part.length - part.trimStart().length;
      problems.push({ offset: offset + lead, message: range });
    } else ports.push(range);
    offset += part.length + 1;
  }
  const message = tooMany(parts.length);
  if (message !== undefined) problems.push({ offset, message });
  return { ports, problems };
}

/** What is said of an empty list. */
export const NO_PORT = "there is no port to open";

/** What is wrong with so many ports, if anything. */
export function tooMany(count: number): string | undefined {
  if (count <= MAX_OPEN_PORTS) return undefined;
  return `${count} ports; a door opens ${MAX_OPEN_PORTS} at most (a range counts as one)`;
}
