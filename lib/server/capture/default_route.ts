/** The interfaces of the default routes, from the tables that Linux shows under /proc/net. */

/** RTF_REJECT: packets that take this route are refused. */
const REJECT = 0x200;

/** A default route, or one of its ways. */
interface Way {
  readonly name: string | undefined;
  readonly metric: number;
  readonly flags: number;
}

/** What the machine says of its default routes. */
export interface DefaultRoutes {
  /** /proc/net/route */
  readonly table4: string;
  /** /proc/net/ipv6_route */
  readonly table6: string;
  /** The interfaces of IPv4's default route, if it has several ways: the table has one. */
  readonly nexthops: readonly string[];
}

/** The interfaces of the default routes of the lowest metric: all ways that they have. */
export function interfacesByRoute({ table4, table6, nexthops }: DefaultRoutes): string[] {
  const four = best(table4.split("\n").slice(1).flatMap(way4));
  const others = nexthops.some((name) => four.includes(name)) ? nexthops : [];
  return [...new Set([...four, ...others, ...best(table6.split("\n").flatMap(way6))])];
}

function way4(line: string): Way[] {
  const [name, destination, , flags, , , metric, mask] = line.trim().split(/\s+/);
  if (destination !== "00000000" || mask !== "00000000") return [];
  return [{ name, metric: Number(metric), flags: parseInt(flags ?? "", 16) }];
}

function way6(line: string): Way[] {
  const [destination, length, , , , metric, , , flags, name] = line.trim().split(/\s+/);
  if (length !== "00" || !/^0{32}$/.test(destination ?? "")) return [];
  return [{ name, metric: parseInt(metric ?? "", 16), flags: parseInt(flags ?? "", 16) }];
}

function best(ways: readonly Way[]): string[] {
  const usable = ways.filter(({ metric, flags }) =>
    metric >= 0 && (flags & REJECT) === 0
  );
  const lowest = Math.min(...usable.map(({ metric }) => metric));
  return usable.filter(({ metric }) => metric === lowest)
    .map(({ name }) => name).filter((name) => name !== undefined);
}
