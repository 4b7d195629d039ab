/** What the daemon says of the kernel's doors. */

import type { Logger } from "./log.ts";

export class FirewallReport {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The table is there, made or found. */
  guards(table: string, ports: readonly string[]): void {
    const what = ports.length === 0 ? "no port any more" : "port {ports}";
    this.#logger.info(`the kernel guards ${what} (nftables: table inet {table})`, {
      event: "firewall",
      table,
      ports: ports.join(", "),
    });
  }

  /** The ports of another config, whose daemon does not run, are shut no more. */
  takenOver(table: string): void {
    this.#logger.warn(
      "the table inet {table} was another config's: its ports, where they are not this " +
        "one's, are open; a second config takes a table of its own",
      { event: "firewall", table },
    );
  }

  mended(table: string): void {
    this.#logger.warn(
      "another program changed the table inet {table}; it is whole again",
      { event: "firewall", table },
    );
  }

  /** Those who knocked may pass again, and nobody else. */
  reconciled(
    table: string,
    { putBack, takenOut }: { readonly putBack: number; readonly takenOut: number },
  ): void {
    if (putBack + takenOut === 0) return;
    this.#logger.warn(
      "another program changed who may pass by the table inet {table}: " +
        "{back} put back, {out} taken out",
      { event: "firewall", table, back: putBack, out: takenOut },
    );
  }

  removed(table: string): void {
    this.#logger.info("the table inet {table} is deleted", { event: "firewall", table });
  }

  /** The tables that were there before are there again. */
  broughtBack(): void {
    const message = "the kernel guards again what it guarded before";
    this.#logger.info(message, { event: "firewall" });
  }

  /** What was there before and could not be brought back. */
  lost(why: string): void {
    this.#logger.error("the tables of an earlier config are gone: {why}", {
      event: "firewall",
      why,
    });
  }

  /** What could not be undone. */
  left(table: string, why: string): void {
    this.#logger.error("the table inet {table} stays as it is: {why}", {
      event: "firewall",
      table,
      why,
    });
  }
}
