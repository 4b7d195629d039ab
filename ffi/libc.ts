/**
 * The few calls of the C library that Deno lacks.
 *
 * @module
 */
import { cString } from "./c_string.ts";

/** Prototypes for `Deno.dlopen`, each with its C prototype. */
export const libcSymbols = {
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  // int pipe(int fildes[2]);
  pipe: { parameters: ["buffer"], result: "i32" },
  // int open(const char *path, int flags, ...);
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count);
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // ssize_t write(int fd, const void *buf, size_t count);
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // int close(int fd);
  close: { parameters: ["i32"], result: "i32" },
  // int ioctl(int fd, unsigned long request, ...);
  ioctl: { parameters: ["i32", "usize"], result: "i32" },
  // the same with its argument: of the machines with variadic calls of their own none is Linux
  ioctl_with: { name: "ioctl", parameters: ["i32", "usize", "buffer"], result: "i32" },
  // int socket(int domain, int type, int protocol);
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int bind(int fd, const struct sockaddr *address, socklen_t length);
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // ssize_t sendto(int fd, const void *buf, size_t count, int flags,
  //                const struct sockaddr *address, socklen_t length);
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "isize",
  },
  // int clock_gettime(clockid_t clock, struct timespec *time);
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  // int setsockopt(int fd, int level, int name, const void *value, socklen_t length);
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // int getsockopt(int fd, int level, int name, void *value, socklen_t *length);
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  // int madvise(void *start, size_t length, int advice);
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  // int malloc_trim(size_t pad); glibc alone has it
  malloc_trim: { parameters: ["usize"], result: "i32", optional: true },
  // unsigned int if_nametoindex(const char *name);
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  // FILE *fmemopen(void *buf, size_t size, const char *mode);
  fmemopen: { parameters: ["buffer", "usize", "buffer"], result: "pointer" },
  // void rewind(FILE *stream);
  rewind: { parameters: ["pointer"], result: "void" },
  // int fclose(FILE *stream);
  fclose: { parameters: ["pointer"], result: "i32" },
  // void openlog(const char *ident, int option, int facility);
  openlog: { parameters: ["buffer", "i32", "i32"], result: "void" },
  // void syslog(int priority, const char *format, ...);
  syslog: { parameters: ["i32", "buffer"], result: "void" },
  // void closelog(void);
  closelog: { parameters: [], result: "void" },
} as const;

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
      return Deno.dlopen(name, libcSymbols).symbols;
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

const SOL_SOCKET = 1;
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
