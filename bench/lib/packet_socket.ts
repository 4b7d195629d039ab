/** What the kernel says of a daemon's capture, asked from outside and of each alike. */

import { libc, must } from "./libc.ts";

const PIDFD_OPEN = 434n;
const PIDFD_GETFD = 438n;
const SOL_PACKET = 263;
const PACKET_STATISTICS = 6;

/** What was captured since the last question. */
export interface Captured {
  /** Packets that passed the daemon's filter. */
  readonly delivered: number;
  /** Those among them that its ring had no room for. */
  readonly lost: number;
}

/**
 * The packet socket of another process. Reading its statistics also resets them, so that
 * the process itself then counts too little.
 */
export class PacketSocket implements Disposable {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** The one packet socket of a process that is running, if it is there yet. */
  static of(pid: number): PacketSocket | undefined {
    const running = Deno.readTextFileSync(`/proc/${pid}/net/packet`).split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , , , isRunning]) => isRunning === "1");
    const inodes = new Set(running.map((fields) => `socket:[${fields.at(-1)}]`));
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      if (inodes.has(linkOf(`/proc/${pid}/fd/${name}`))) {
        return new PacketSocket(copy(pid, Number(name)));
      }
    }
    return undefined;
  }

  /** What was captured since the last question. */
  read(): Captured {
    const statistics = new Uint32Array(3);
    const length = new Uint32Array([statistics.byteLength]);
    const { getsockopt } = libc();
    must(
      getsockopt(this.#fd, SOL_PACKET, PACKET_STATISTICS, statistics, length),
      "getsockopt",
    );
    return { delivered: statistics[0]!, lost: statistics[1]! };
  }

  [Symbol.dispose](): void {
    libc().close(this.#fd);
  }
}

function copy(pid: number, fd: number): number {
  const { syscall, close } = libc();
  const pidfd = must(syscall(PIDFD_OPEN, BigInt(pid), 0n, 0n), "pidfd_open");
  try {
    return Number(must(syscall(PIDFD_GETFD, pidfd, BigInt(fd), 0n), "pidfd_getfd"));
  } finally {
    close(Number(pidfd));
  }
}

/** A descriptor may be closed between being listed and being looked at. */
function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}
