/**
 * What the old iptables does to what comes in: it has tables of its own, which nft does not
 * show.
 */

import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import type { Machine } from "../machine.ts";

/** The old iptables' way into this host. */
export interface LegacyInput {
  /** `iptables-legacy` or `ip6tables-legacy`. */
  readonly program: string;
  /** Whether it drops what no rule takes. */
  readonly dropsByPolicy: boolean;
  /** Whether a rule drops or refuses something, whoever sent it and how often. */
  readonly dropsByRule: boolean;
  /** The chain, INPUT or one ahead of it, that drops whatever comes to a port, if one does. */
  readonly dropsAt: (port: PortRange) => string | undefined;
  /** Whether anything of it may drop somebody, in whichever table. */
  readonly mayDrop: boolean;
  /** Whether a rule asks for the state of a connection. */
  readonly knowsStates: boolean;
}

const DROPS = / -j (DROP|REJECT)\b/;
/** A rule of any of its tables that drops all, or all of an interface, a protocol and ports. */
const DROPS_ALL =
  /^-A (INPUT|PREROUTING) (?:-i \S+ )?(?:-p (\w+) )?(?:-m (?:tcp|udp|multiport) )*(?:--dports? ([\d,:]+) )?-j (?:DROP|REJECT)\b/gm;
/** Of addresses in a list, of what comes too often, of what begins nothing. */
const OF_SOME =
  /(?<! !) -s | -m (set|geoip|recent|hashlimit|connlimit|string|statistic) |state INVALID /;

/** What it does with one version of IP; `undefined` where it is not there, or not used. */
export async function legacyInput(
  machine: Pick<Machine, "run">,
  version: 4 | 6,
): Promise<LegacyInput | undefined> {
  const program = version === 4 ? "iptables-legacy" : "ip6tables-legacy";
  const saved = (await machine.run(`${program}-save`))?.text ?? "";
  if (!/^\*/m.test(saved)) return undefined;
  const [filter = ""] = /^\*filter$[^]*?^COMMIT$/m.exec(saved) ?? [];
  const rules = filter.match(/^-A (?!FORWARD |OUTPUT ).*/gm) ?? [];
  const dropsByPolicy = /^:INPUT DROP/m.test(filter);
  return {
    program,
    dropsByPolicy,
    dropsAt: (port) => chainDropping(saved, port),
    mayDrop: /^:(INPUT|PREROUTING) DROP/m.test(saved) || DROPS.test(saved),
    dropsByRule: rules.some((rule) => DROPS.test(rule) && !OF_SOME.test(rule)),
    knowsStates: rules.some((rule) => /ESTABLISHED/.test(rule)),
  };
}

function chainDropping(saved: string, port: PortRange): string | undefined {
  for (const [, chain, protocol = port.protocol, ports] of saved.matchAll(DROPS_ALL)) {
    if (protocol !== port.protocol) continue;
    if (ports === undefined || ports.split(",").some((one) => isAmong(port.first, one))) {
      return chain;
    }
  }
  return undefined;
}

/** Whether a port is `22`, or within `20:25`. */
function isAmong(port: number, listed: string): boolean {
  const [first, last = first] = listed.split(":").map(Number);
  return port >= first! && port <= last!;
}
