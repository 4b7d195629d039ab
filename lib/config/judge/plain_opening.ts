/**
 * Commands that do nothing but let one address in at some ports, by the usual firewalls.
 *
 * @module
 */
import type { Command } from "../../core/door.ts";

const WORD = "[\\w./:-]+";
const OPENINGS: readonly RegExp[] = [
  // iptables -w -I INPUT 1 -s %IP% -p tcp --dport 22 -j ACCEPT, in any usual order
  new RegExp(
    `^(?:/\\S*/)?ip6?tables (?:-w )?-[IA] INPUT (?:1 )?(?:-i ${WORD} )?-s %IP%` +
      `(?: -p (?<protocol>tcp|udp))?(?: -m (?:tcp|udp))? --dport (?<port>\\d+) -j ACCEPT$`,
  ),
  new RegExp(
    `^(?:/\\S*/)?ip6?tables (?:-w )?-[IA] INPUT (?:1 )?-p (?<protocol>tcp|udp)` +
      `(?: -m (?:tcp|udp))?(?: -s %IP%)? --dport (?<port>\\d+)(?: -s %IP%)? -j ACCEPT$`,
  ),
  /^(?:\/\S*\/)?ufw (?:insert 1 )?allow (?:proto (?<protocol>tcp|udp) )?from %IP% to any port (?<port>\d+)(?: proto (?<protocol2>tcp|udp))?$/,
];

/** `22` or `51820:udp`, if a start command opens that to its knocker and does nothing else. */
export function plainOpening(command: Command | undefined): string | undefined {
  if (command === undefined) return undefined;
  const words = typeof command === "string" ? command : command.join(" ");
  const line = words.trim().replaceAll(/\s+/g, " ");
  if (!line.includes("%IP%")) return undefined;
  for (const opening of OPENINGS) {
    const found = opening.exec(line)?.groups;
    if (found === undefined) continue;
    const protocol = found["protocol"] ?? found["protocol2"] ?? "tcp";
    return protocol === "udp" ? `${found["port"]}:udp` : `${found["port"]}`;
  }
  return undefined;
}
