/**
 * What the old iptables does to what comes in: it has tables of its own, which nft does not
 * show.
 */

import type { Machine } from "../machine.ts";

/** The old iptables' way into this host. */
export interface LegacyInput {
  /** `iptables-legacy` or `ip6tables-legacy`. */
  readonly program: string;
  /** Whether it drops what no rule takes. */
  readonly dropsByPolicy: boolean;
  /** Whether a rule drops or refuses something, whoever sent it and how often. */
  readonly dropsByRule: boolean;
  /** The chain that drops all that comes to a rule of it: INPUT, or one ahead of it. */
  readonly dropsTheRest: string | undefined;
  /** Whether anything of it may drop somebody, in whichever table. */
  readonly mayDrop: boolean;
  /** Whether a rule asks for the state of a connection. */
  readonly knowsStates: boolean;
}

const DROPS = / -j (DROP|REJECT)\b/;
/** By a rule without a condition, or of one interface; in any of its tables. */
const DROPS_THE_REST = /^-A (INPUT|PREROUTING) (?:-i \S+ )?-j (?:DROP|REJECT)\b/m;
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
    dropsTheRest: DROPS_THE_REST.exec(saved)?.[1],
    mayDrop: /^:(INPUT|PREROUTING) DROP/m.test(saved) || DROPS.test(saved),
    dropsByRule: rules.some((rule) => DROPS.test(rule) && !OF_SOME.test(rule)),
    knowsStates: rules.some((rule) => /ESTABLISHED/.test(rule)),
  };
}
