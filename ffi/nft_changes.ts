/**
 * Word from the kernel that somebody changed a ruleset.
 *
 * @module
 */
import { libc } from "./libc.ts";
import { netfilterSocket, RULESET_CHANGES } from "./netfilter_socket.ts";
import { MESSAGE_NEW_GENERATION, messages } from "./netlink_message.ts";

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
/** sizeof(struct sock_filter), and of sock_fprog on 64 bits. */
const INSTRUCTION = 8;
const PROGRAM = 16;
const ROOM = 4096;
/** Messages taken at a time; more of them make the next call. */
const MOST = 1000;

/**
 * Lets only the one message through that ends each transaction: `ldh [4]`, `jeq NEWGEN`,
 * `ret all`, `ret none`. All rules of a transaction would be megabytes.
 */
const FILTER: readonly (readonly [code: number, jt: number, jf: number, k: number])[] = [
  [0x28, 0, 0, 4],
  // The field is little-endian, and BPF reads big-endian.
  [0x15, 0, 1, swapped(MESSAGE_NEW_GENERATION)],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];

/** A socket that hears of each transaction of nf_tables. */
export class NftChanges implements Disposable {
  /** To be polled; -1 where nobody tells us, for want of CAP_NET_ADMIN. */
  readonly fd: number;
  readonly #room = new Uint8Array(new ArrayBuffer(ROOM));
  #closed = false;

  /** Listens from now on. */
  constructor() {
    this.fd = netfilterSocket(RULESET_CHANGES, false);
    if (this.fd >= 0) attachFilter(this.fd);
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

function attachFilter(fd: number): void {
  const code = new DataView(new ArrayBuffer(FILTER.length * INSTRUCTION));
  for (const [i, [operation, jt, jf, k]] of FILTER.entries()) {
    code.setUint16(i * INSTRUCTION, operation, true);
    code.setUint8(i * INSTRUCTION + 2, jt);
    code.setUint8(i * INSTRUCTION + 3, jf);
    code.setUint32(i * INSTRUCTION + 4, k, true);
  }
  const program = new DataView(new ArrayBuffer(PROGRAM));
  program.setUint16(0, FILTER.length, true);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(code));
  program.setBigUint64(8, BigInt(address), true);
  libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM);
}

function swapped(value: number): number {
  return (value & 0xff) << 8 | value >> 8;
}
