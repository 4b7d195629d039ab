/** The client's world in memory: time moves only when nothing else is left to do. */
import type { Address } from "../../lib/core/address.ts";
import type { Knock } from "../../lib/core/door.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import type { Unconnected } from "../../lib/client/client_system.ts";
import type { ClientSystem, Connection } from "../../lib/client/client_system.ts";

/** A connection that only remembers whether it was closed. */
export class FakeConnection implements Connection {
  closed = false;
  read(): Promise<null> {
    return Promise.resolve(null);
  }
  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }
  closeWrite(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {
    this.closed = true;
  }
}

export class FakeSystem implements ClientSystem {
  /** What happened, each with its time: `12 hit 7000:udp`. */
  readonly events: string[] = [];
  readonly connections: FakeConnection[] = [];
  /** Milliseconds until an answer of the other host arrives. */
  roundTrip = 1;
  /** When the port opens, in milliseconds from the start. */
  opensAt = Infinity;
  /** How a closed port answers. */
  closed: "refuses" | "drops" = "drops";
  /** How many hits it takes to open the port at once. */
  opensAfterHits = Infinity;
  names: Record<string, readonly string[]> = {};

  readonly #start: number;
  #time = 0;
  #hits = 0;
  #timers: { due: number; run: () => void }[] = [];

  /** `start` is what the wall clock shows at first, in Unix milliseconds. */
  constructor(start = 0) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#time;
  }

  /** Milliseconds that have gone by. */
  get elapsed(): number {
    return this.#time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      this.#timers.push({ due: this.#time + ms, run: resolve });
      signal?.addEventListener("abort", () => resolve());
    });
  }

  lookup(host: string): Promise<readonly string[]> {
    const found = this.names[host];
    return found ? Promise.resolve(found) : Promise.reject(new Error("ENOTFOUND"));
  }

  hit(_target: Address, knock: Knock): Promise<void> {
    this.events.push(`${this.#time} hit ${formatKnock(knock)}`);
    this.#hits++;
    return Promise.resolve();
  }

  async connect(
    _target: Address,
    port: number,
    signal: AbortSignal,
  ): Promise<Connection | Unconnected> {
    this.events.push(`${this.#time} connect ${port}`);
    const open = this.#time >= this.opensAt || this.#hits >= this.opensAfterHits;
    if (!open && this.closed === "drops") {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return "filtered";
    }
    await this.sleep(this.roundTrip, signal);
    if (signal.aborted) return "filtered";
    if (!open) return "closed";
    const connection = new FakeConnection();
    this.connections.push(connection);
    return connection;
  }

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => settled = true;
    promise.then(done, done);
    for (;;) {
      for (let round = 0; round < 50; round++) await null;
      if (settled) return promise;
      this.#timers.sort((a, b) => a.due - b.due);
      const next = this.#timers.shift();
      if (!next) throw new Error("nothing is left to wait for");
      this.#time = Math.max(this.#time, next.due);
      next.run();
    }
  }
}
