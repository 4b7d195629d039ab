/**
 * Names for addresses in the log. Whoever watches the DNS traffic learns who knocks:
 * knockd(1) warns of it, and so does the option. Nobody is asked for before a door is open
 * for them, so that the question tells no scanner that it hit a port that counts.
 */

import { BoundedMap } from "../../core/bounded_map.ts";
import { hostName } from "../../core/host_name.ts";

/** Names remembered at most; the oldest goes first. */
const MAX_NAMES = 1024;

/** What gives the PTR records of a name. */
export type ResolvePointer = (name: string) => Promise<readonly string[]>;

/** The names of those for whom a door was opened. */
export class HostNames {
  readonly #names = new BoundedMap<string, string | undefined>(MAX_NAMES);
  readonly #resolve: ResolvePointer;

  /** Names that the system's resolver gives, unless another is meant. */
  constructor(resolve: ResolvePointer = (name) => Deno.resolveDns(name, "PTR")) {
    this.#resolve = resolve;
  }

  /** The name of an address, if it was asked for and DNS has answered. */
  nameOf(ip: string): string | undefined {
    return this.#names.get(ip);
  }

  /** Asks DNS for the name of an address, once. */
  async ask(ip: string): Promise<void> {
    if (this.#names.has(ip)) return;
    this.#names.set(ip, undefined);
    try {
      const [name = ""] = await this.#resolve(reverseName(ip));
      const shown = hostName(name);
      if (shown !== undefined && this.#names.has(ip)) this.#names.set(ip, shown);
    } catch {
      // Without an answer the address serves.
    }
  }
}

function reverseName(ip: string): string {
  if (!ip.includes(":")) return `${ip.split(".").reverse().join(".")}.in-addr.arpa`;
  const [head = "", tail] = ip.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array(zeros).fill("0"), ...groups(tail ?? "")];
  const digits = all.map((group) => group.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
