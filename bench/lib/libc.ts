/** The calls of the C library that measuring takes, all of them at once and in order. */

const symbols = {
  // int socket(int domain, int type, int protocol);
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int bind(int fd, const struct sockaddr *address, socklen_t length);
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // int connect(int fd, const struct sockaddr *address, socklen_t length);
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // ssize_t send(int fd, const void *buf, size_t length, int flags);
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  // int getsockopt(int fd, int level, int name, void *value, socklen_t *length);
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  // int open(const char *path, int flags, ...);
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count);
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // int close(int fd);
  close: { parameters: ["i32"], result: "i32" },
  // int setns(int fd, int nstype);
  setns: { parameters: ["i32", "i32"], result: "i32" },
  // long syscall(long number, ...);
  syscall: { parameters: ["isize", "isize", "isize", "isize"], result: "isize" },
} as const;

let loaded: Deno.DynamicLibrary<typeof symbols>["symbols"] | undefined;

/** The C library, loaded once. */
export function libc(): NonNullable<typeof loaded> {
  return loaded ??= Deno.dlopen("libc.so.6", symbols).symbols;
}

/** What a call gave, or an error that names it. */
export function must<T extends number | bigint>(result: T, call: string): T {
  if (result < 0) throw new Error(`${call} failed`);
  return result;
}
