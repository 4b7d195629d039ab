/** The interface of the default route, from the tables that Linux shows under /proc/net. */

/** RTF_REJECT: packets that take this route are refused. */
const REJECT = 0x200;

/** The route of the lowest metric so far. */
interface Best {
  readonly name: string;
  readonly metric: number;
}

/** The interface of the default route in /proc/net/route: for IPv4. */
export function defaultInterface4(table: string): string | undefined {
  let best: Best | undefined;
  for (const line of table.split("\n").slice(1)) {
    const [name, destination, , flags, , , metric, mask] = line.trim().split(/\s+/);
    if (destination !== "00000000" || mask !== "00000000") continue;
    best = better(best, name, Number(metric), parseInt(flags ?? "", 16));
  }
  return best?.name;
}

/** The interface of the default route in /proc/net/ipv6_route: for IPv6. */
export function defaultInterface6(table: string): string | undefined {
  let best: Best | undefined;
  for (const line of table.split("\n")) {
    const [destination, length, , , , metric, , , flags, name] = line.trim().split(/\s+/);
    if (length !== "00" || !/^0{32}$/.test(destination ?? "")) continue;
    best = better(best, name, parseInt(metric ?? "", 16), parseInt(flags ?? "", 16));
  }
  return best?.name;
}

function better(
  best: Best | undefined,
  name: string | undefined,
  metric: number,
  flags: number,
): Best | undefined {
  if (name === undefined || !(metric >= 0) || (flags & REJECT) !== 0) return best;
  return best === undefined || metric < best.metric ? { name, metric } : best;
}
