/**
 * A firewall in memory, which the commands of the leases' world change as iptables does.
 *
 * @module
 */
import type { FakeProcess } from "../fake_system.ts";
import type { LeasesWorld } from "./leases_world.ts";

/**
 * What a command is found to have done when it ends: it works; it fails having done
 * nothing; it fails although it has done it.
 */
export type Result = "works" | "fails" | "seems to fail";

/** Rules: the same one may be there several times. */
export class FirewallInMemory {
  readonly #rules = new Map<string, number>();
  /** What the log gave up: it may be open, and no lease says so any more. */
  readonly #givenUp = new Set<string>();
  readonly #done = new Set<FakeProcess>();

  /** Commands that run. */
  running({ system }: LeasesWorld): FakeProcess[] {
    return system.processes.filter((process) => !this.#done.has(process));
  }

  /** A command takes effect; whether it could. That of `away` takes out a rule of ssh's. */
  take({ argv: [command = "", ip] }: FakeProcess): boolean {
    const [verb, door] = command === "open-away" ? ["close", "ssh"] : command.split("-");
    const key = `${door} ${ip}`;
    const count = this.#rules.get(key) ?? 0;
    if (verb === "close" && count === 0) return false;
    this.#rules.set(key, verb === "close" ? count - 1 : count + 1);
    if (verb === "close" && count === 1) this.#givenUp.delete(key);
    return true;
  }

  /** A command ends. */
  end(process: FakeProcess, wanted: Result): void {
    this.#done.add(process);
    const worked = wanted !== "fails" && this.take(process);
    const saysSo = wanted === "works" && process.signals.length === 0;
    process.end(worked && saysSo ? 0 : 1);
  }

  /** Reads in the log what was given up. */
  follow({ log }: LeasesWorld): void {
    for (const line of log.lines) {
      const [, ip, door] =
        /^(\S+): (\S+): .*the stop command failed 3 times/.exec(line) ??
          [];
      if (ip !== undefined) this.#givenUp.add(`${door} ${ip}`);
    }
  }

  /** The machine is restarted. */
  clear(): void {
    this.#rules.clear();
    this.#givenUp.clear();
  }

  /** How often a door is open for an address. */
  count(door: string, ip: string): number {
    return this.#rules.get(`${door} ${ip}`) ?? 0;
  }

  /** Whether the log gave up closing it. */
  isGivenUp(door: string, ip: string): boolean {
    return this.#givenUp.has(`${door} ${ip}`);
  }

  /** What is open, and was not given up: `ssh 10.0.0.1`. */
  get open(): string[] {
    const open = [...this.#rules].filter(([, count]) => count > 0).map(([key]) => key);
    return open.filter((key) => !this.#givenUp.has(key));
  }
}
