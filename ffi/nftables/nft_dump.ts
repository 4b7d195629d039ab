/**
 * What is in the kernel's tables, asked for without libnftables, whose way of asking reads
 * everything there is.
 */

import { libc } from "../libc.ts";
import { netlinkSocket } from "../netlink_socket.ts";
import {
  attributeBytes,
  attributes,
  attributeText,
  type Message,
  MESSAGE_DONE,
  MESSAGE_ERROR,
  messages,
} from "../netlink_message.ts";
import { ASK, type Attribute, attributesOf, dumpRequest } from "./nft_message.ts";
import { NftError } from "./nftables_library.ts";
import { type KernelElement, wholeSet } from "./set_elements.ts";

/** A table of the family inet. */
export interface KernelTable {
  /** Its name. */
  readonly name: string;
  /** NFT_TABLE_F_ bits: 1 is dormant, 2 is owned by a process. */
  readonly flags: number;
  /** How many chains, sets and objects of other kinds are in it. */
  readonly use: number;
  /** The port id of the socket that owns it; 0 where none does. */
  readonly owner: number;
}

/** A chain of a table. */
export interface KernelChain {
  /** Its name. */
  readonly name: string;
  /** The number of its hook (NF_INET_); -1 for one that is not hooked. */
  readonly hook: number;
  /** Where it stands among others of its hook. */
  readonly priority: number;
  /** What becomes of a packet that no rule decides: 0 drops it, 1 accepts it. */
  readonly policy: number;
}

/** A set of a table. */
export interface KernelSet {
  /** Its name. */
  readonly name: string;
  /** Its comment; empty if it has none. */
  readonly comment: string;
}

/** Bytes of one answer; the kernel makes them 32 KiB at most. */
const ROOM = 64 * 1024;
const ENOENT = 2;
const EINVAL = 22;
/** The first type of libnftnl's userdata for a comment on a set (NFTNL_UDATA_SET_). */
const SET_COMMENT = 7;

/** A socket for questions. */
export class NftDump implements Disposable {
  readonly #room = new Uint8Array(new ArrayBuffer(ROOM));
  #fd = netlinkSocket("netfilter", 0, true);
  #sequence = 0;

  /** The tables of the family inet. */
  tables(): KernelTable[] {
    return this.#ask(ASK.tables, []).map((message) => {
      const found = attributesOf(message);
      return {
        name: attributeText(found.get(1)),
        flags: found.get(2)?.getUint32(0) ?? 0,
        use: found.get(3)?.getUint32(0) ?? 0,
        owner: found.get(7)?.getUint32(0) ?? 0,
      };
    });
  }

  /** The chains of a table. */
  chains(table: string): KernelChain[] {
    // A dump of chains knows no filter: NFTA_CHAIN_TABLE is looked at here.
    return this.#ask(ASK.chains, []).map(attributesOf)
      .filter((found) => attributeText(found.get(1)) === table)
      .map((found) => {
        const hook = new Map(found.has(4) ? attributes(found.get(4)!) : []);
        return {
          name: attributeText(found.get(3)),
          hook: hook.get(1)?.getUint32(0) ?? -1,
          priority: hook.get(2)?.getInt32(0) ?? 0,
          policy: found.get(5)?.getUint32(0) ?? 1,
        };
      });
  }

  /** The rules of a chain, as the kernel writes them but for their handles and counters. */
  rules(table: string, chain: string): string[] {
    return this.#ask(ASK.rules, [[1, table], [2, chain]]).map((message) => {
      const found = attributesOf(message);
      // NFTA_RULE_EXPRESSIONS
      return attributeBytes(found.get(4)).toBase64();
    });
  }

  /** The sets of a table that have names. */
  sets(table: string): KernelSet[] {
    return this.#ask(ASK.sets, [[1, table]]).map((message) => {
      const found = attributesOf(message);
      const comment = commentIn(attributeBytes(found.get(13)));
      return { name: attributeText(found.get(2)), comment };
    }).filter(({ name }) => !name.startsWith("__"));
  }

  /** The elements of a set; none if there is no such set. */
  elements(table: string, set: string): KernelElement[] {
    return wholeSet(() => this.#ask(ASK.elements, [[1, table], [2, set]]));
  }

  /** Gives the socket back. */
  [Symbol.dispose](): void {
    if (this.#fd >= 0) libc().close(this.#fd);
    this.#fd = -1;
  }

  #ask(what: number, attributes: readonly Attribute[]): Message[] {
    if (this.#fd < 0) throw new NftError("other", "no netlink socket could be opened");
    const request = dumpRequest(what, ++this.#sequence, attributes);
    if (libc().write(this.#fd, request, BigInt(request.length)) < 0) {
      throw new NftError("other", "nf_tables could not be asked");
    }
    const answers: Message[] = [];
    while (!this.#read(answers));
    return answers;
  }

  /** Whether that was the last of them. */
  #read(answers: Message[]): boolean {
    const length = Number(libc().read(this.#fd, this.#room, BigInt(ROOM)));
    if (length <= 0) throw new NftError("other", "nf_tables did not answer");
    for (const message of messages(this.#room.slice(0, length))) {
      // What a question that failed left behind.
      if (message.sequence !== this.#sequence) continue;
      if (message.type === MESSAGE_DONE) return true;
      if (message.type === MESSAGE_ERROR) return ended(message);
      answers.push(message);
    }
    return false;
  }
}

/** What is not there has no parts. */
function ended({ body }: Message): true {
  const errno = -body.getInt32(0, true);
  if (errno === 0 || errno === ENOENT) return true;
  if (errno === 1) throw new NftError("no-permission", "Operation not permitted");
  // Of what nfnetlink passes on, nobody takes it.
  if (errno === EINVAL) throw new NftError("no-kernel", "nobody takes the question");
  throw new NftError("other", `nf_tables answered with error ${errno}`);
}

/** Userdata is a row of type, length and value, a byte for each of the first two. */
function commentIn(bytes: Uint8Array): string {
  for (let at = 0; at + 2 <= bytes.length; at += 2 + bytes[at + 1]!) {
    if (bytes[at] !== SET_COMMENT) continue;
    const text = bytes.subarray(at + 2, at + 2 + bytes[at + 1]!);
    return new TextDecoder().decode(text).replace(/\0$/, "");
  }
  return "";
}
