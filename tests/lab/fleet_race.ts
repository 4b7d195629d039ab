/** Machines of a fleet that race for the same counters, and what came of it. */
import assert from "node:assert/strict";
import type { FleetHost, FleetHosts } from "./fleet_hosts.ts";
import { type Process, waitFor } from "./net.ts";

/** A machine's try to spend a counter; times in Unix milliseconds of the one clock there is. */
interface Try {
  readonly node: string;
  readonly counter: number;
  readonly kind: "spent" | "used" | "unknown" | "garbled";
  readonly begin: number;
  readonly end: number;
}

const PROGRAM = new URL("./fleet_racer.ts", import.meta.url).pathname;
const PATIENCE_MS = 90_000;

/** A race. */
export class FleetRace {
  readonly #racers: ReadonlyMap<string, Process>;

  /** All machines of a fleet begin. */
  constructor(fleet: FleetHosts) {
    const series = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const racer = ({ host, name, scratch }: FleetHost) =>
      host.spawn([
        ...[Deno.execPath(), "run", "--allow-all", "--no-check", PROGRAM],
        ...[scratch.path("knock.toml"), name, series],
      ]);
    this.#racers = new Map(fleet.nodes.map((node) => [node.name, racer(node)]));
  }

  /** Waits until each of them has spent a counter that it asked for since then. */
  async allSpend(since: number): Promise<void> {
    for (const [node, { lines }] of this.#racers) {
      const isBack = () =>
        this.#tries(node).some(({ kind, begin }) => kind === "spent" && begin >= since);
      await waitFor(isBack, PATIENCE_MS, () => `${node} to spend\n${lines.slice(-20)}`);
    }
  }

  /** How long each was without since then, in milliseconds. */
  backAfter(since: number): Record<string, number> {
    const back = [...this.#racers.keys()].map((node) => {
      const first = this.#tries(node).find(({ kind, end }) =>
        kind === "spent" && end > since
      );
      return [node, first === undefined ? NaN : first.end - since];
    });
    return Object.fromEntries(back);
  }

  /** Ends it: nobody has spent what another has, or after a higher one was spent. */
  async judge(): Promise<{ tries: number; spent: number; unknown: number }> {
    await Promise.all([...this.#racers.values()].map((racer) => racer.stop("SIGKILL")));
    const tries = [...this.#racers.keys()].flatMap((node) => this.#tries(node));
    const spent = tries.filter(({ kind }) => kind === "spent");
    const counters = spent.map(({ counter }) => counter);
    assert.equal(new Set(counters).size, counters.length, "spent twice");
    assert.deepEqual(outOfOrder(spent), []);
    assert.deepEqual(tries.filter(({ kind }) => kind === "garbled"), []);
    const unknown = tries.filter(({ kind }) => kind === "unknown").length;
    return { tries: tries.length, spent: spent.length, unknown };
  }

  #tries(node: string): Try[] {
    const { stdout } = this.#racers.get(node)!;
    // The last line may be a part of one.
    return stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }
}

/** Counters that were asked for after a higher one was spent. */
function outOfOrder(spent: readonly Try[]): Try[] {
  return spent.filter(({ counter, begin }) =>
    spent.some((other) => other.counter > counter && other.end < begin)
  );
}
