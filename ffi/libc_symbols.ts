/** The functions of the C library that we call, each with its C prototype. */

/** Prototypes for `Deno.dlopen`. */
export const libcSymbols = {
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  // the same, for those who ask and do not wait
  poll_now: { name: "poll", parameters: ["buffer", "usize", "i32"], result: "i32" },
  // int pipe(int fildes[2]);
  pipe: { parameters: ["buffer"], result: "i32" },
  // int open(const char *path, int flags, ...);
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int access(const char *path, int mode);
  access: { parameters: ["buffer", "i32"], result: "i32" },
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
  // int listen(int fd, int backlog);
  listen: { parameters: ["i32", "i32"], result: "i32" },
  // int getsockname(int fd, struct sockaddr *address, socklen_t *length);
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  // ssize_t sendto(int fd, const void *buf, size_t count, int flags,
  //                const struct sockaddr *address, socklen_t length);
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "isize",
  },
  // int connect(int fd, const struct sockaddr *address, socklen_t length);
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // int unshare(int flags); Linux alone has it
  unshare: { parameters: ["i32"], result: "i32", optional: true },
  // int setns(int fd, int nstype); Linux alone has it
  setns: { parameters: ["i32", "i32"], result: "i32", optional: true },
  // int clock_gettime(clockid_t clock, struct timespec *time);
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  // int setsockopt(int fd, int level, int name, const void *value, socklen_t length);
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // int getsockopt(int fd, int level, int name, void *value, socklen_t *length);
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  // int waitid(idtype_t idtype, id_t id, siginfo_t *info, int options);
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  // pid_t waitpid(pid_t pid, int *status, int options);
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  // int madvise(void *start, size_t length, int advice);
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  // int malloc_trim(size_t pad); glibc alone has it
  malloc_trim: { parameters: ["usize"], result: "i32", optional: true },
  // unsigned int if_nametoindex(const char *name);
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  // char *if_indextoname(unsigned int index, char *name);
  if_indextoname: { parameters: ["u32", "buffer"], result: "pointer" },
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
