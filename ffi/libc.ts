/** The few calls of the C library that Deno lacks. */

import { cString } from "./c_string.ts";
import { functionsOf } from "./functions_of.ts";
import { libcSymbols } from "./libc_symbols.ts";

/** The C library, loaded. */
export type LibC = Deno.DynamicLibrary<typeof libcSymbols>["symbols"];

/** glibc's name, then musl's, which carries the architecture; macOS has one of its own. */
const SONAMES: readonly string[] = Deno.build.os === "darwin"
  ? ["/usr/lib/libSystem.B.dylib"]
  : ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`];

let loaded: LibC | undefined;

/** Loads the C library once. */
export function libc(): LibC {
  loaded ??= open();
  return loaded;
}

function open(): LibC {
  let failure: unknown;
  for (const name of SONAMES) {
    try {
      return functionsOf(name, libcSymbols);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The number the system knows an interface by; 0 where there is none of this name. */
export function interfaceIndex(name: string): number {
  return libc().if_nametoindex(cString(name));
}

const X_OK = 1;

/** Whether this process may execute a file: its mode, and how its place is mounted. */
export function isExecutable(path: string): boolean {
  return libc().access(cString(path), X_OK) === 0;
}

/** What read(2) brings at a time; Linux hands such files out by the page. */
const CHUNK = 16 * 1024;

/**
 * The text of a file under /proc or /sys, which Deno itself opens for nobody without all
 * permissions. Cut at about `limit` bytes; empty where it can't be read.
 */
export function readKernelFile(path: string, limit: number): string {
  const fd = libc().open(cString(path), 0);
  if (fd < 0) return "";
  const chunk = new Uint8Array(CHUNK);
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < limit) {
    const length = Number(libc().read(fd, chunk, BigInt(CHUNK)));
    if (length <= 0) break;
    text += decoder.decode(chunk.subarray(0, length), { stream: true });
  }
  libc().close(fd);
  return text;
}

/** ioctl that closes a descriptor when a program is started (FIOCLEX). */
const CLOSE_ON_EXEC = Deno.build.os === "darwin" ? 0x20006601n : 0x5451n;

/**
 * Keeps a descriptor from the programs that are started from now on. By ioctl, because
 * fcntl would pass a variadic argument, which macOS on ARM puts elsewhere.
 */
export function closeOnExec(fd: number): void {
  libc().ioctl(fd, CLOSE_ON_EXEC);
}

/** The level of options that every socket has. */
export const SOL_SOCKET = 1;
const SO_GET_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;

/** Spares a packet socket of Linux (4.20 and later) what this host sends itself. */
export function ignoreOutgoing(fd: number): void {
  if (Deno.build.os !== "linux") return;
  libc().setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, new Int32Array([1]), 4);
}

/**
 * Whether the kernel runs a filter for this socket: asked for its filter with no room to
 * put it, Linux answers with its length. Elsewhere the kernel always takes it.
 */
export function hasKernelFilter(fd: number): boolean {
  if (Deno.build.os !== "linux") return true;
  const length = new Uint32Array(1);
  const failed = libc().getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, null, length) !== 0;
  return failed || length[0] !== 0;
}
