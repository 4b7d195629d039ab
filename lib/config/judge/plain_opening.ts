/**
 * Commands that do nothing but let one address in at some ports, by the usual firewalls.
 */

import type { Command } from "../../core/door.ts";
import { ownEntry } from "../../core/own_entry.ts";
import { baseName, programsOf, withoutSudo, type Words } from "./shell_words.ts";

/** `22` or `51820:udp`, if a start command opens that to its knocker and does nothing else. */
export function plainOpening(command: Command | undefined): string | undefined {
  const [words, ...more] = programsOf(command);
  if (words === undefined || more.length > 0 || !words.join(" ").includes("%IP%")) {
    return undefined;
  }
  const [program, ...rest] = withoutSudo(words);
  return ownEntry(READERS, baseName(program))?.(rest);
}

type Reader = (rest: Words) => string | undefined;

/** Chains that are not on the way into this host. */
const ELSEWHERE = /^(FORWARD|OUTPUT|PREROUTING|POSTROUTING)$/;

/** Each word or pair of words that a rule for one address and port may have. */
const IPTABLES = parts(
  /-w( \d+)?|--wait( \d+)?/,
  /(-A|-I|--append|--insert) (?<chain>[\w-]+)( 1)?/,
  /-i [\w.:+-]+|--in-interface [\w.:+-]+/,
  /(-s|--source|--src) (?<who>%IP%)(\/32|\/128)?/,
  /(-p|--protocol) (?<protocol>tcp|udp)/,
  /-m (tcp|udp|state|conntrack|comment|multiport)/,
  /--state \S*NEW\S*|--ctstate \S*NEW\S*|--syn/,
  /--comment \S+/,
  /(--dport|--dports|--destination-port) (?<port>[\d,]+)/,
  /(-j|--jump) ACCEPT/,
);

const iptables: Reader = (rest) => {
  const found = groupsOf(IPTABLES, named(rest, "--comment"));
  if (found === undefined || ELSEWHERE.test(found["chain"] ?? "FORWARD")) {
    return undefined;
  }
  return portsText(found);
};

const NFT = parts(
  /(add|insert) rule( (inet|ip|ip6))? [\w-]+ [\w-]+( (position|index) \d+)?/,
  /ip6? saddr (?<who>%IP%)/,
  /(?<protocol>tcp|udp) dport (?<port>\d+)/,
  /ct state new|counter|accept/,
);

const nft: Reader = (rest) => {
  const text = rest.join(" ");
  return / accept$/.test(text) ? portsText(groupsOf(NFT, text.split(" "))) : undefined;
};

const UFW = parts(
  /insert \d+|prepend/,
  /allow|limit/,
  /in|on [\w.:-]+/,
  /proto (?<protocol>tcp|udp)/,
  /from (?<who>%IP%)/,
  /to any/,
  /port (?<port>[\d,]+)/,
  /comment \S+/,
);

const ufw: Reader = (rest) => portsText(groupsOf(UFW, named(rest, "comment")));

/** Services of firewalld that knocks are for. */
const SERVICES: Readonly<Record<string, string>> = {
  ssh: "22",
  http: "80",
  https: "443",
  openvpn: "1194:udp",
  wireguard: "51820:udp",
  rdp: "3389",
};

const RICH = parts(
  /--(zone=\S+|zone \S+|quiet|timeout=\w+|timeout \w+)/,
  /--add-rich-rule[= ]rule/,
  /family=ipv[46]/,
  /source address=(?<who>%IP%)(\/32)?/,
  /service name=(?<service>[\w-]+)/,
  /port (port=(?<port>\d+) protocol=(?<protocol>tcp|udp)|protocol=(tcp|udp) port=\d+)/,
  /accept/,
);

const firewallCmd: Reader = (rest) => {
  const words = rest.join(" ").replaceAll(/["']/g, "").split(" ");
  const found = groupsOf(RICH, words.filter((word) => word !== ""));
  return ownEntry(SERVICES, found?.["service"] ?? "") ?? portsText(found);
};

const READERS: Readonly<Record<string, Reader>> = {
  iptables,
  ip6tables: iptables,
  nft,
  ufw,
  "firewall-cmd": firewallCmd,
};

type Groups = Readonly<Record<string, string | undefined>>;

function parts(...patterns: readonly RegExp[]): RegExp[] {
  return patterns.map((pattern) => new RegExp(`(?:${pattern.source})(?= |$)`, "y"));
}

/** What the parts name; `undefined` where a word is none of them. */
function groupsOf(patterns: readonly RegExp[], words: Words): Groups | undefined {
  const text = words.join(" ");
  const groups: Record<string, string | undefined> = {};
  let at = 0;
  while (at < text.length) {
    const found = firstAt(patterns, text, at);
    if (found === undefined) return undefined;
    for (const [name, value] of Object.entries(found.groups ?? {})) {
      groups[name] ??= value;
    }
    at += found[0].length + 1;
  }
  return groups;
}

function firstAt(patterns: readonly RegExp[], text: string, at: number) {
  for (const pattern of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) return found;
  }
  return undefined;
}

function portsText(groups: Groups | undefined): string | undefined {
  const { who, port, protocol = "tcp" } = groups ?? {};
  if (who === undefined || port === undefined) return undefined;
  return port.split(",").map((one) => protocol === "udp" ? `${one}:udp` : one).join(", ");
}

/** A comment may have any words. */
function named(words: Words, option: string): Words {
  return words.map((word, i) => words[i - 1] === option ? "comment" : word);
}
