/** What a table shuts and opens besides some doors: those that made it may be forgotten. */

import { parseAddress } from "../../core/address.ts";
import type { GuardedDoor } from "../../core/firewall/guarded_door.ts";
import { GuardedDoors } from "../../core/firewall/guarded_doors.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import {
  formatPortRange,
  mergeRanges,
  parsePortRange,
} from "../../core/firewall/port_range.ts";
import { elementsIn } from "./door_elements.ts";
import { unused } from "./inspection.ts";
import type { Nft } from "./nf_tables.ts";
import type { OpenElement } from "./open_elements.ts";

/** What is in a table, and of none of the doors that were asked about. */
export interface RestOfTable {
  /** In words: `port 22, 53:udp of 10.0.0.1`. */
  readonly ports: readonly string[];
  /** Who may pass. */
  readonly open: readonly Omit<OpenElement, "door">[];
}

/** Looks for it; slow where there is any, as the rules are read as a text. */
export function restOf(
  nft: Nft,
  table: string,
  doors: readonly GuardedDoor[],
  now: number,
): RestOfTable {
  // Every door has sets: where all are these doors', so are all ports.
  const sets = unused(nft, table, new GuardedDoors(table, doors));
  if (sets.length === 0) return { ports: [], open: [] };
  const open = sets.flatMap((set) => elementsIn(nft, table, set, now));
  return { ports: portsBeyond(droppedIn(nft.list(table)), doors), open };
}

/** The ports that are dropped, by the address that they are of; "" is this host. */
type Dropped = ReadonlyMap<string, readonly PortRange[]>;

const DROP =
  /(?:ip6? daddr (\S+) )?(tcp|udp) dport (?:\{ ([^}]*) \}|([\d-]+)) drop(?!\S)/g;

function droppedIn(listing: string): Dropped {
  const found = new Map<string, PortRange[]>();
  for (const [, daddr = "", protocol, many, one] of listing.matchAll(DROP)) {
    const target = parseAddress(daddr)?.text ?? daddr;
    const ports = (many ?? one ?? "").split(",")
      .map((text) => parsePortRange(`${text.trim()}:${protocol}`))
      .filter((range) => typeof range !== "string");
    found.set(target, [...found.get(target) ?? [], ...ports]);
  }
  return found;
}

function portsBeyond(dropped: Dropped, doors: readonly GuardedDoor[]): string[] {
  return [...dropped].flatMap(([target, ports]) => {
    const own = doors.filter(({ door }) => (door.target?.text ?? "") === target)
      .flatMap(({ door }) => door.kernel.ports);
    const left = [...mergeRanges(ports, "tcp"), ...mergeRanges(ports, "udp")]
      .flatMap((range) => without(range, own));
    const where = target === "" ? "" : ` of ${target}`;
    return left.length === 0
      ? []
      : [`port ${left.map(formatPortRange).join(", ")}${where}`];
  });
}

/** What is left of a range. */
function without(range: PortRange, own: readonly PortRange[]): PortRange[] {
  return own.filter(({ protocol }) => protocol === range.protocol).reduce(
    (left, { first, last }) =>
      left.flatMap((part) =>
        [
          { ...part, last: Math.min(part.last, first - 1) },
          { ...part, first: Math.max(part.first, last + 1) },
        ].filter((part) => part.first <= part.last)
      ),
    [range],
  );
}
