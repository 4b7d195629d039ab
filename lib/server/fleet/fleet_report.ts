/** What the log says of the fleet. */

import type { Logger } from "../log/log.ts";
import { type Trouble, troubleWords } from "../log/trouble.ts";
import type { System } from "../system.ts";

/** Between two lines of one kind that others can cause. */
const LINE_MS = 60_000;

const ABSENT = "the fleet {fleet} can't be reached: {why}";

export class FleetReport {
  readonly #logger: Logger;
  readonly #system: Pick<System, "monotonic">;
  readonly #said = new Map<string, number>();
  #absent: boolean | undefined;

  constructor(logger: Logger, system: Pick<System, "monotonic">) {
    this.#logger = logger;
    this.#system = system;
  }

  /** The engine answers, or does not any more. */
  present(fleet: string, node: string, endpoint: string, why: string | undefined): void {
    const absent = why !== undefined;
    if (absent === this.#absent) return this.#stillAbsent(fleet, why);
    this.#absent = absent;
    this.#said.set("absent", this.#system.monotonic());
    if (absent) this.#warn(ABSENT, { fleet, why });
    else {this.#info("in the fleet {fleet} as {node}, by {endpoint}", {
        fleet,
        node,
        endpoint,
      });}
  }

  /** Each member may have a reason of its own, and one says more than the other. */
  #stillAbsent(fleet: string, why: string | undefined): void {
    if (why !== undefined) this.#oncePerMinute("absent", ABSENT, { fleet, why });
  }

  /** A door opens for a knock at another node; there are many of these, of the rest few. */
  knockedAt(door: string, ip: string, node: string): void {
    const values = { event: "fleet knock", ip, door, node };
    this.#logger.info("{ip}: {door}: knocked at {node}", values);
  }

  /** A lease is from so many milliseconds ago by this clock: played back, or a clock is wrong. */
  tooOld(door: string, ip: string, node: string, age: number): void {
    this.#oncePerMinute(
      "too old",
      "{ip}: {door}: knocked at {node}, by this machine's clock {seconds} s ago, which is " +
        "too long: not opened; see that both clocks are right",
      { ip, door, node, seconds: Math.round(age / 1000) },
    );
  }

  /** A door opens for a replay, maybe: nobody else could be asked. */
  alone(door: string, ip: string, why: string): void {
    this.#warn(
      "{ip}: {door}: opens by this machine's journal alone: {why}",
      { ip, door, why },
    );
  }

  /** What the engine has at a key was written by none of the fleet's nodes. */
  garbled(key: string): void {
    this.#oncePerMinute(
      "garbled",
      "ALARM: {key} in etcd was not written by a node with " +
        "this fleet's secret, or not there; it is not believed",
      { key },
    );
  }

  /** The engine knew less than a node does. */
  lowered(count: number): void {
    this.#oncePerMinute(
      "lowered",
      "ALARM: etcd had forgotten what {whom} used: it was restored " +
        "from a backup, or written to; told again",
      { whom: whomOf(count) },
    );
  }

  /** Its debts are paid, or what was used before it had a fleet is told. */
  told(count: number): void {
    this.#info("told the fleet what {whom} used", { whom: whomOf(count) });
  }

  revoked(door: string, client: string, node: string): void {
    this.#warn("{door}: {client} was revoked in the whole fleet, at {node}", {
      door,
      client,
      node,
    });
  }

  /** It was revoked in another fleet that this node was in. */
  toldRevoked(door: string, client: string): void {
    this.#info("{door}: told the fleet that {client} is revoked", { door, client });
  }

  /** The engine has known of somebody who is revoked, and does not any more. */
  unrevoked(door: string, client: string): void {
    this.#oncePerMinute(
      `unrevoked ${door} ${client}`,
      "ALARM: {door}: etcd had forgotten that {client} was revoked: it was restored " +
        "from a backup, or written to; told again",
      { door, client },
    );
  }

  /** Another node has this one's name. */
  rival(node: string): void {
    this.#oncePerMinute(
      "rival",
      "another machine of the fleet is called {node}, too: " +
        "give each its own name",
      { node },
    );
  }

  /** The others don't know yet that a door is open, or closed. */
  notTold(door: string, ip: string, why: string): void {
    this.#oncePerMinute(
      "not told",
      "{ip}: {door}: the other nodes are told later: {why}",
      { ip, door, why },
    );
  }

  /** It is met again with the next event. */
  trouble(what: Trouble): void {
    const message = troubleWords(what);
    this.#oncePerMinute(`trouble ${message}`, "fleet: {message}", { message });
  }

  #oncePerMinute(kind: string, text: string, values: object): void {
    const now = this.#system.monotonic();
    if (now - (this.#said.get(kind) ?? -Infinity) < LINE_MS) return;
    if (this.#said.size > 100) this.#said.clear();
    this.#said.set(kind, now);
    this.#warn(text, values);
  }

  #info(text: string, values: object): void {
    this.#logger.info(text, { event: "fleet", ...values });
  }

  #warn(text: string, values: object): void {
    this.#logger.warn(text, { event: "fleet", ...values });
  }
}

function whomOf(count: number): string {
  return count === 1 ? "one client has" : `${count} clients have`;
}
