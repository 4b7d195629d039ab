/**
 * The kernel's doors in memory.
 *
 * @module
 */
import { Failure } from "../../../lib/core/failure.ts";
import { LeasesWorld, type WorldOptions } from "./leases_world.ts";

/** The kernel in memory: which elements there are, and for how long. */
export class FakeElements {
  readonly open = new Map<string, number>();
  broken = false;
  /** What it says instead of closing, if anything: a Failure, or a fault of the program. */
  stuck: Error | undefined;
  /** Whom it can't let pass. */
  unlucky = "";
  /** How often it was asked to. */
  puts = 0;
  /** How often it was asked to close. */
  takes = 0;

  has({ name }: { name: string }): boolean {
    return name.startsWith("kernel");
  }

  holds(door: string, ip: string): boolean {
    return this.open.has(`${door} ${ip}`);
  }

  put(places: readonly { door: string; ip: string; ms: number }[]): void {
    this.puts++;
    const full = places.some(({ ip }) => ip === this.unlucky);
    if (this.broken || full) throw new Failure("the set is full");
    for (const { door, ip, ms } of places) this.open.set(`${door} ${ip}`, ms);
  }

  take(places: readonly { door: string; ip: string }[]): void {
    this.takes++;
    if (this.stuck !== undefined) throw this.stuck;
    for (const { door, ip } of places) this.open.delete(`${door} ${ip}`);
  }

  settle(): void {}

  get list(): string[] {
    return [...this.open].map(([key, ms]) => `${key} ${ms}`);
  }
}

/** Runs a test with a world whose doors named kernel… are the kernel's. */
export async function withElements(
  test: (world: LeasesWorld, elements: FakeElements) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const elements = new FakeElements();
  await LeasesWorld.run((world) => test(world, elements), { ...options, elements });
}
