/** `knockd firewall trace`: which rule drops who has knocked. */

import type { Config } from "../../../config/config.ts";
import { UsageError } from "../../../core/failure.ts";
import { kernelDoors } from "../../../core/firewall/guarded_door.ts";
import { formatPortRange } from "../../../core/firewall/port_range.ts";
import { escapeControls } from "../../../core/printable.ts";
import { othersInTheWay } from "../../../doctor/kernel_doors.ts";
import { realMachine } from "../../../doctor/machine.ts";
import { legacyInput } from "../../../doctor/ruleset/legacy_input.ts";
import { NftTrace, ruleText } from "../../../doctor/ruleset/nft_trace.ts";
import type { TracedPacket, TraceEvent } from "../../../doctor/ruleset/trace_text.ts";
import { ExitWith, print } from "../../terminal.ts";

const SECONDS = 60;
/** A packet of which nothing more is heard for so long has passed all chains. */
const QUIET_MS = 500;
/** So many sources are spoken of, however many scan the port meanwhile. */
const SOURCES = 20;

/** Follows connections to the doors' ports until one is let in, or dropped by others. */
export async function firewallTrace(config: Config): Promise<void> {
  const ports = kernelDoors(config.doors).flatMap(({ kernel }) => kernel.ports);
  if (ports.length === 0) {
    throw new UsageError(
      `no door of ${config.path} has open, so there is nothing to trace`,
      "open = 22 on a door",
    );
  }
  const { table } = config.options;
  await using trace = await NftTrace.start(`${table}_trace`, ports);
  const named = ports.map(formatPortRange).join(", ");
  print(`connect to port ${named} now, from where you have knocked (${SECONDS} s)`);
  const verdict = await new Watch(table).until(trace.events());
  if (verdict === undefined) {
    print("nobody came that knockd let in");
    // What drops packets where they come in leaves nothing to be traced.
    const found = await othersInTheWay(realMachine(), config);
    for (const { about, says, fix } of found) print(`${about}: ${says}; ${fix}`);
  }
  if (verdict !== "passed") throw new ExitWith(1);
}

interface Traced {
  readonly packet: TracedPacket;
  /** Whether knockd's own table has seen it. */
  readonly judged: boolean;
  readonly quiet: ReturnType<typeof setTimeout>;
}

/** What is known of the packets that were traced. */
class Watch {
  readonly #table: string;
  /** Packets that have not ended, and when they count as let in. */
  readonly #packets = new Map<string, Traced>();
  readonly #spokenOf = new Set<string>();
  #isOver = false;
  readonly #over = Promise.withResolvers<"passed" | "dropped" | undefined>();

  constructor(table: string) {
    this.#table = table;
  }

  async until(events: AsyncIterable<TraceEvent>) {
    const timer = setTimeout(() => this.#over.resolve(undefined), SECONDS * 1000);
    this.#read(events).catch((error) => this.#over.reject(error));
    try {
      return await this.#over.promise;
    } finally {
      this.#isOver = true;
      clearTimeout(timer);
      for (const { quiet } of this.#packets.values()) clearTimeout(quiet);
    }
  }

  async #read(events: AsyncIterable<TraceEvent>): Promise<void> {
    for await (const event of events) {
      if (this.#isOver) return;
      const before = this.#packets.get(event.id);
      const packet = event.packet ?? before?.packet;
      if (packet === undefined) continue;
      const judged = this.#isOwn(event) || (before?.judged ?? false);
      clearTimeout(before?.quiet);
      this.#packets.delete(event.id);
      if (event.dropped) await this.#dropped(event, packet, judged);
      else this.#wait(event.id, packet, judged);
    }
    this.#over.resolve(undefined);
  }

  #wait(id: string, packet: TracedPacket, judged: boolean): void {
    const quiet = setTimeout(() => this.#passed(packet), QUIET_MS);
    this.#packets.set(id, { packet, judged, quiet });
  }

  async #dropped(event: TraceEvent, packet: TracedPacket, judged: boolean) {
    if (this.#isOwn(event)) {
      return this.#sayOnce(
        packet,
        "dropped by knockd: nobody knocked from there, or the time is over",
      );
    }
    const text = await ruleText(event);
    const what = text === undefined ? "its policy" : `the rule: ${text}`;
    const where = `${event.family} ${event.table} ${event.chain}`;
    // Nobody has asked yet whether it is from somebody who knocked: it may be a stranger's.
    if (!judged) {
      return this.#sayOnce(packet, `${where} drops it ahead of knockd by ${what}`);
    }
    print(
      escapeControls(`${said(packet)}: knockd lets it in; ${where} drops it by ${what}`),
    );
    this.#over.resolve("dropped");
  }

  #isOwn({ family, table }: TraceEvent): boolean {
    return family === "inet" && table === this.#table;
  }

  /** Says what became of a source's packets, once, and goes on. */
  #sayOnce(packet: TracedPacket, what: string): void {
    if (this.#spokenOf.has(packet.source) || this.#spokenOf.size >= SOURCES) return;
    this.#spokenOf.add(packet.source);
    print(escapeControls(`${said(packet)}: ${what}`));
  }

  async #passed(packet: TracedPacket): Promise<void> {
    const old = await legacyInput(realMachine(), packet.source.includes(":") ? 6 : 4);
    print(
      `${said(packet)}: ${
        old?.mayDrop
          ? `no table that nft shows drops it; ${old.program} may: look into ${old.program}-save`
          : "no table drops it"
      }`,
    );
    this.#over.resolve("passed");
  }
}

function said({ source, port }: TracedPacket): string {
  return `${source} to port ${port}`;
}
