/** One libnftables context: texts go in, the kernel's answer comes back. */

import { cString, pointerText } from "../c_string.ts";
import { closeOnExec, libc } from "../libc.ts";
import { netlinkSocket } from "../netlink_socket.ts";
import { loadNftables, NftError, type NftErrorCode } from "./nftables_library.ts";

export { NftError, type NftErrorCode } from "./nftables_library.ts";

/** What the kernel's words mean; they come in no other form. */
const MEANINGS: readonly (readonly [RegExp, NftErrorCode])[] = [
  [/Operation not permitted|Permission denied/, "no-permission"],
  [
    /Protocol not supported|cache initialization failed|Unable to .*[Nn]etlink/,
    "no-kernel",
  ],
  [/Operation not supported/, "incomplete"],
  // A set takes no more elements than its size: ENFILE.
  [/Too many open files in system/, "full"],
];

/** More than a daemon has when it makes its first context. */
const MOST_DESCRIPTORS = 1024;

/** A context. Calls are synchronous, in one thread: libnftables stands no other use. */
export class NftContext implements Disposable {
  readonly #library = loadNftables();
  #context: Deno.PointerValue;

  /**
   * Makes a context whose output and errors are kept for us, not printed.
   *
   * @throws {NftError}
   */
  constructor() {
    mayOpenSocket();
    this.#context = this.#library.nft_ctx_new(0);
    // A command that had its socket could change rulesets, and would outlive us with it.
    keepFromPrograms();
    if (this.#context === null) throw new NftError("other", "nft_ctx_new failed");
    this.#library.nft_ctx_buffer_output(this.#context);
    this.#library.nft_ctx_buffer_error(this.#context);
  }

  /**
   * Runs commands of nft(8) as one transaction: all of them, or none.
   *
   * @returns What it prints.
   * @throws {NftError}
   * @throws {RangeError} for a NUL character, at which C would end the text in silence
   */
  run(text: string): string {
    if (this.#context === null) throw new NftError("other", "the context is closed");
    if (text.includes("\0")) throw new RangeError("there is a NUL in a ruleset");
    const library = this.#library;
    const failed = library.nft_run_cmd_from_buffer(this.#context, cString(text)) !== 0;
    // Reading them empties them for the next call.
    const output = pointerText(library.nft_ctx_get_output_buffer(this.#context));
    const problem = pointerText(library.nft_ctx_get_error_buffer(this.#context));
    if (failed) throw new NftError(meaningOf(problem), firstProblem(problem));
    return output;
  }

  /** Gives everything back; a second time does nothing. */
  [Symbol.dispose](): void {
    if (this.#context !== null) this.#library.nft_ctx_free(this.#context);
    this.#context = null;
  }
}

/** libnftables opens one, and ends the whole program where it can't. */
function mayOpenSocket(): void {
  const fd = netlinkSocket("netfilter", 0, false);
  if (fd < 0) throw new NftError("other", "no netlink socket could be opened");
  libc().close(fd);
}

/** libnftables does not tell which descriptor is its own; no other is to be inherited, either. */
function keepFromPrograms(): void {
  for (let fd = 3; fd < MOST_DESCRIPTORS; fd++) closeOnExec(fd);
}

function meaningOf(problem: string): NftErrorCode {
  return MEANINGS.find(([words]) => words.test(problem))?.[1] ?? "other";
}

/** libnftables repeats the command below each message, which may be a megabyte. */
function firstProblem(problem: string): string {
  const [line = ""] = problem.split("\n");
  const message = line.replace(/^.*?Error: /, "").slice(0, 300);
  return message === "" ? "libnftables failed without a word" : message;
}
