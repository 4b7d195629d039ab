/**
 * Elements of nf_tables' sets, changed without libnftables, whose way of doing it reads texts
 * and asks the kernel for its sets first: a tenth of the time.
 */

import { libc } from "../libc.ts";
import { answerBriefly, netlinkSocket, portOf, roomToSend } from "../netlink_socket.ts";
import { elementBatch, type ElementChange } from "./netlink_batch.ts";
import { MESSAGE_ERROR, messages } from "../netlink_message.ts";
import { NftError, type NftErrorCode } from "./nftables_library.ts";

export type { ElementChange } from "./netlink_batch.ts";

/** An answer is an errno and the header of the message that it is about. */
const ROOM = 4096;
/** Bytes of the largest transaction. */
const LARGEST = 512 * 1024;

const EPERM = 1;
const ENOENT = 2;
const EACCES = 13;
const ENFILE = 23;
const CODES: ReadonlyMap<number, NftErrorCode> = new Map([
  [EPERM, "no-permission"],
  [EACCES, "no-permission"],
  // A set takes no more elements than its size.
  [ENFILE, "full"],
]);

/** A socket for changes. */
export class NftElements implements Disposable {
  /** What its transactions are known by. */
  readonly port: number;
  readonly #room = new Uint8Array(new ArrayBuffer(ROOM));
  #fd: number;
  #sequence = 0;

  /** Opens the socket; where it can't, changes fail. */
  constructor() {
    this.#fd = netlinkSocket("netfilter", 0, true);
    this.port = this.#fd < 0 ? 0 : portOf(this.#fd);
    if (this.#fd < 0) return;
    roomToSend(this.#fd, LARGEST);
    answerBriefly(this.#fd);
  }

  /**
   * Makes all of these changes, in their order, or none.
   *
   * @throws {NftError}
   */
  change(changes: readonly ElementChange[]): void {
    if (changes.length === 0) return;
    if (this.#fd < 0) throw new NftError("other", "no netlink socket could be opened");
    const first = this.#sequence + 1;
    const last = first + changes.length;
    this.#sequence = last + 1;
    const batch = elementBatch(changes, first);
    if (Number(libc().write(this.#fd, batch, BigInt(batch.length))) !== batch.length) {
      throw new NftError("other", "nf_tables could not be told");
    }
    const errno = this.#answer(first, last);
    if (errno !== 0) throw new NftError(CODES.get(errno) ?? "other", wordsOf(errno));
  }

  /** Gives the socket back. */
  [Symbol.dispose](): void {
    if (this.#fd >= 0) libc().close(this.#fd);
    this.#fd = -1;
  }

  /** The first error, or 0: what the last change, or all of it, is answered by ends it. */
  #answer(first: number, last: number): number {
    let errno = 0;
    for (;;) {
      const length = Number(libc().read(this.#fd, this.#room, BigInt(ROOM)));
      if (length <= 0) throw new NftError("other", "nf_tables did not answer");
      for (const { type, sequence, body } of messages(this.#room.subarray(0, length))) {
        // What is left of a transaction whose answers were not waited for.
        if (type !== MESSAGE_ERROR || sequence < first) continue;
        errno ||= -body.getInt32(0, true);
        if (sequence === last || sequence === first) return errno;
      }
    }
  }
}

function wordsOf(errno: number): string {
  return errno === ENOENT
    ? "No such file or directory"
    : `nf_tables answered with error ${errno}`;
}
