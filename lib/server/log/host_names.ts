/**
 * Names for addresses in the log. Whoever watches the DNS traffic learns who knocks:
 * knockd(1) warns of it, and so does the option.
 *
 * @module
 */

/** Names remembered at most; the oldest goes first. */
const MAX_NAMES = 1024;

/** The names that DNS knows. */
export class HostNames {
  readonly #names = new Map<string, string>();

  /** The name of an address; the address itself until DNS has answered. */
  nameOf(ip: string): string {
    const name = this.#names.get(ip);
    if (name !== undefined) return name;
    this.#names.set(ip, ip);
    if (this.#names.size > MAX_NAMES) {
      const [oldest] = this.#names.keys();
      this.#names.delete(oldest!);
    }
    this.#ask(ip);
    return ip;
  }

  async #ask(ip: string): Promise<void> {
    try {
      const [name] = await Deno.resolveDns(reverseName(ip), "PTR");
      if (name !== undefined) this.#names.set(ip, name.replace(/\.$/, ""));
    } catch {
      // Without an answer the address serves.
    }
  }
}

/** The name that has the PTR record of an address (RFC 1035, 3.5; RFC 3596, 2.5). */
function reverseName(ip: string): string {
  if (!ip.includes(":")) return `${ip.split(".").reverse().join(".")}.in-addr.arpa`;
  const [head = "", tail] = ip.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array(zeros).fill("0"), ...groups(tail ?? "")];
  const digits = all.map((group) => group.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
