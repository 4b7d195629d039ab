/** What a program does to a firewall, going by its arguments, as far as they tell. */

import { ownEntry } from "../../core/own_entry.ts";
import { baseName, withoutSudo, type Words } from "./shell_words.ts";

/** What a program does to a firewall. */
export interface FirewallChange {
  /** Whether it lets somebody in, or takes that back; the rest only shows, logs or bans. */
  readonly does: "opens" | "closes";
  /** Whether what it opens ends by itself. */
  readonly expires: boolean;
  /** Whether it may be about somebody alone; a shell's variable may hold the address. */
  readonly names: boolean;
}

type Reader = (rest: Words) => FirewallChange["does"] | undefined;

/** What it does; `undefined` where it is no firewall's, or that can't be told. */
export function firewallChange(words: Words): FirewallChange | undefined {
  const [program, ...rest] = withoutSudo(words);
  const does = ownEntry(READERS, baseName(program))?.(rest);
  if (does === undefined) return undefined;
  const text = rest.join(" ").replaceAll(/(?<!\S)--to\S*[ =]\S+/g, "");
  return { does, expires: /(^|[\s-])timeout\b/.test(text), names: SOMEBODY.test(text) };
}

/** An address, or a match on where a packet came from. */
const SOMEBODY =
  /%IP%|[$`]|\d\.\d+\.\d+\.\d|[\da-f]:[\da-f:]*:|(^|\s)(-s|--src|--source|--match-set|--mac-source)\b|\bsaddr\b|\bfrom (?!any)|source/i;

/** What is said to packets that come through. */
const LETS_IN = /^(ACCEPT|RETURN|DNAT|REDIRECT)$/;
const KEEPS_OUT = /^(DROP|REJECT|TARPIT)$/;
/** Sets and zones of those who are kept out. */
const BANNED = /ban|block|black|deny|drop|bad/i;

const iptables: Reader = (rest) => {
  const after = (pattern: RegExp) =>
    rest[rest.findIndex((word) => pattern.test(word)) + 1] ?? "";
  if (rest.some((word) => /^(-P|--policy)$/.test(word))) {
    const policy = rest[rest.findIndex((word) => /^(-P|--policy)$/.test(word)) + 2] ?? "";
    return LETS_IN.test(policy) ? "opens" : "closes";
  }
  const target = rest.some((word) => /^(-j|--jump)$/.test(word))
    ? after(/^(-j|--jump)$/)
    : "";
  const adds = rest.some((word) => /^(-A|-I|-R|--append|--insert|--replace)$/.test(word));
  const takes = rest.some((word) => /^(-D|--delete)$/.test(word));
  if (takes) return KEEPS_OUT.test(target) ? "opens" : "closes";
  return adds && LETS_IN.test(target) ? "opens" : undefined;
};

const nft: Reader = (rest) => {
  const text = rest.join(" ");
  if (/\b(flush\s+ruleset|delete\s+table)\b/.test(text)) return "opens";
  if (/\b(delete|destroy)\b/.test(text)) return "closes";
  if (/\b(add|create)\s+element\b/.test(text)) {
    return BANNED.test(text.replace(/\{.*/s, "")) ? undefined : "opens";
  }
  if (!/\b(add|insert|replace)\s+rule\b/.test(text)) return undefined;
  return /\b(accept|dnat|redirect)\b/.test(text) ? "opens" : undefined;
};

const ufw: Reader = (rest) => {
  const [verb, object] = rest.filter((word) =>
    !/^(--force|route|insert|prepend|rule|\d+)$/.test(word)
  );
  if (verb === "disable") return "opens";
  if (verb === "delete") return /^(deny|reject)$/.test(object ?? "") ? "opens" : "closes";
  return verb === "allow" || verb === "limit" ? "opens" : undefined;
};

const firewallCmd: Reader = (rest) => {
  const text = rest.join(" ");
  if (/\b(drop|reject)\b/.test(text) || /--zone[= ](drop|block)\b/.test(text)) {
    return undefined;
  }
  if (/--panic-off\b/.test(text)) return "opens";
  if (/--(remove-|panic-on)/.test(text)) return "closes";
  const adds = /--add-(port|service|rich-rule|source|forward-port|protocol|entry)\b/;
  return adds.test(text) && !BANNED.test(text) ? "opens" : undefined;
};

const ipset: Reader = (rest) => {
  if (BANNED.test(rest[1] ?? "")) return undefined;
  const [verb] = rest.filter((word) => !/^(-!|-exist|-q|-quiet)$/.test(word));
  if (/^(del|-D|--del)$/.test(verb ?? "")) return "closes";
  return /^(add|-A|--add)$/.test(verb ?? "") ? "opens" : undefined;
};

const pfctl: Reader = (rest) => {
  if (rest.includes("-d")) return "opens";
  const [, table = "", action = ""] = /-t (\S+) -T (\w+)/.exec(rest.join(" ")) ?? [];
  if (BANNED.test(table)) return undefined;
  if (action === "delete") return "closes";
  return action === "add" ? "opens" : undefined;
};

const SERVICES =
  /^(iptables|ip6tables|nftables|ufw|firewalld|netfilter-persistent)(\.service)?$/;

/** A firewall that is stopped lets everybody in. */
const services: Reader = (rest) => {
  const stops = rest.some((word) => word === "stop" || word === "disable");
  return stops && rest.some((word) => SERVICES.test(word)) ? "opens" : undefined;
};

const READERS: Readonly<Record<string, Reader>> = {
  iptables,
  ip6tables: iptables,
  "iptables-nft": iptables,
  "iptables-legacy": iptables,
  nft,
  ufw,
  "firewall-cmd": firewallCmd,
  ipset,
  pfctl,
  systemctl: services,
  service: services,
};
