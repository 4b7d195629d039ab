/** Word from the kernel that somebody changed a ruleset. */

import { libc, SOL_SOCKET } from "../libc.ts";
import { netlinkSocket, RULESET_CHANGES } from "../netlink_socket.ts";
import { messages } from "../netlink_message.ts";
import { MESSAGE_NEW_GENERATION } from "./nft_message.ts";

const SO_ATTACH_FILTER = 26;
/** sizeof(struct sock_filter), and of sock_fprog on 64 bits. */
const INSTRUCTION = 8;
const PROGRAM = 16;
const ROOM = 4096;
/** Messages taken at a time; more of them make the next call. */
const MOST = 1000;

type Instruction = readonly [code: number, jt: number, jf: number, k: number];

/**
 * Lets only the one message through that ends each transaction, and none of own ports:
 * `ldh [4]`, `jeq NEWGEN`, `ld [12]`, `jeq own` for each, `ret all`, `ret none`. All rules of
 * a transaction would be megabytes, and a wake-up for each of ours costs more than itself.
 */
function filterBut(own: readonly number[]): Instruction[] {
  const count = own.length;
  return [
    [0x28, 0, 0, 4],
    // The fields are little-endian, and BPF reads big-endian.
    [0x15, 0, count + 2, swapped(MESSAGE_NEW_GENERATION) >>> 16],
    [0x20, 0, 0, 12],
    ...own.map((port, i): Instruction => [0x15, count - i, 0, swapped(port)]),
    [0x06, 0, 0, 0xffff],
    [0x06, 0, 0, 0],
  ];
}

/** A socket that hears of each transaction of nf_tables. */
export class NftChanges implements Disposable {
  /** To be polled; -1 where nobody tells us, for want of CAP_NET_ADMIN. */
  readonly fd: number;
  readonly #room = new Uint8Array(new ArrayBuffer(ROOM));
  #closed = false;

  /**
   * Listens from now on.
   *
   * @param own the port ids of sockets whose transactions are no news
   */
  constructor(own: readonly number[]) {
    this.fd = netlinkSocket("netfilter", RULESET_CHANGES, false);
    if (this.fd >= 0) attachFilter(this.fd, filterBut(own));
  }

  /**
   * The port ids of the sockets whose transactions were committed since the last call,
   * each once; 0 where word was lost.
   */
  authors(): Set<number> {
    const found = new Set<number>();
    if (this.fd < 0 || this.#closed) return found;
    for (let count = 0; count < MOST; count++) {
      let length = this.#read();
      if (length < 0) {
        // Nothing more; or word was lost (ENOBUFS), and what is left can be read now.
        length = this.#read();
        if (length < 0) break;
        found.add(0);
      }
      for (const { type, port } of messages(this.#room.slice(0, length))) {
        if (type === MESSAGE_NEW_GENERATION) found.add(port);
      }
    }
    return found;
  }

  #read(): number {
    return Number(libc().read(this.fd, this.#room, BigInt(ROOM)));
  }

  /** Gives the socket back. */
  [Symbol.dispose](): void {
    if (this.fd >= 0 && !this.#closed) libc().close(this.fd);
    this.#closed = true;
  }
}

function attachFilter(fd: number, filter: readonly Instruction[]): void {
  const code = new DataView(new ArrayBuffer(filter.length * INSTRUCTION));
  for (const [i, [operation, jt, jf, k]] of filter.entries()) {
    code.setUint16(i * INSTRUCTION, operation, true);
    code.setUint8(i * INSTRUCTION + 2, jt);
    code.setUint8(i * INSTRUCTION + 3, jf);
    code.setUint32(i * INSTRUCTION + 4, k, true);
  }
  const program = new DataView(new ArrayBuffer(PROGRAM));
  program.setUint16(0, filter.length, true);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(code));
  program.setBigUint64(8, BigInt(address), true);
  libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM);
}

/** Four bytes the other way round. */
function swapped(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, true);
  return view.getUint32(0);
}
