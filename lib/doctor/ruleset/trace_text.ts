/** What `nft monitor trace` says of a packet, line by line. */

import { defined } from "../../core/defined.ts";

/** What a chain did with a traced packet. */
export interface TraceEvent {
  readonly id: string;
  /** `inet`, `ip`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** The packet's header, where the line shows it. */
  readonly packet?: TracedPacket;
  /** The rule's text, or its handle where nft did not know it yet. */
  readonly rule?: string | number;
  /** Whether the packet ended here. */
  readonly dropped: boolean;
}

/** Whose packet it was, and what for. */
export interface TracedPacket {
  readonly source: string;
  /** As in `22/tcp`. */
  readonly port: string;
}

/** Reads a line; `undefined` for one that is about nothing of this. */
export function parseTrace(line: string): TraceEvent | undefined {
  const [, id, family, table, chain, rest] =
    /^trace id ([0-9a-f]+) (\S+) (\S+) (\S+) (.*)$/.exec(line) ?? [];
  if (rest === undefined) return undefined;
  return {
    ...{ id: id!, family: family!, table: table!, chain: chain! },
    ...defined({ packet: packetOf(rest), rule: ruleOf(rest) }),
    dropped: /\(verdict drop\)\s*$/.test(rest) || /^policy drop\b/.test(rest),
  };
}

function packetOf(rest: string): TracedPacket | undefined {
  const [, source] = /^packet: .*?\bip6? saddr (\S+)/.exec(rest) ?? [];
  const [, protocol, port] = /\b(tcp|udp) dport (\d+)/.exec(rest) ?? [];
  if (source === undefined || port === undefined) return undefined;
  return { source, port: `${port}/${protocol}` };
}

function ruleOf(rest: string): string | number | undefined {
  const [, handle] = /^unknown rule handle (\d+)/.exec(rest) ?? [];
  if (handle !== undefined) return Number(handle);
  return /^rule (.*?)(?: \(verdict [^()]*\))?\s*$/.exec(rest)?.[1];
}
