/** What knockd may do, the same for the source, the compiled and the self-extracting form. */
export const PERMISSIONS: readonly string[] = [
  "--allow-ffi", // libpcap; its pointers cannot be read under a narrower grant
  "--allow-read", // configs, secrets and captures from wherever the user keeps them
  "--allow-write", // logs, the PID file, the journal, profiles
  "--allow-run", // the commands of the doors
  "--allow-net", // knocks, the port waited for, the control socket
  "--unstable-net", // UDP without node:dgram, to load which takes as long as all Deno does
  "--allow-env", // what the commands inherit; where a user's profiles live
  "--allow-sys", // interfaces and addresses, the user and process ids
  "--no-prompt",
];

/**
 * V8 grows the space of what lives shortly to 32 MB, although the daemon allocates next to
 * nothing a packet; 1 MB costs no speed, and a flood then leaves no more than that behind.
 * Of what lives longer it lets garbage grow to several times of what is alive: leases that
 * come and go in a flood of openings would hold 40 MB of it. A fifth costs 10 ms of another
 * thread's time for every 3 MB. A packet's way is many short functions, of which V8 puts no
 * more into one than its budget allows: with a larger one a packet takes a quarter less.
 */
export const V8_FLAGS = "--v8-flags=" + [
  "--max-semi-space-size=1",
  "--heap-growing-percent=20",
  "--max-inlined-bytecode-size-cumulative=8000",
  "--max-inlined-bytecode-size-absolute=16000",
].join(",");
