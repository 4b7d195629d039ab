/**
 * What the daemon says in its log, where knockd 0.8 has a line for it in the same words.
 */

import type { Opening } from "../../core/door.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import type { Refusal } from "../../core/refusal.ts";
import { refusalWords } from "../../core/refusal_words.ts";
import { someOf } from "../../core/some_of.ts";
import type { FailedKnock, FailedReason } from "./failed_knock.ts";
import { LeaseReport } from "./lease_report.ts";
import type { Logger } from "./log.ts";
import { StageLines } from "./stage_lines.ts";
import type { Tally } from "./tally.ts";
import { type Trouble, troubleWords, type Warning } from "./trouble.ts";

export interface Names {
  /** The name of an address, if it is known. */
  nameOf(ip: string): string | undefined;
  /** Learns it, for the lines to come. */
  ask(ip: string): Promise<void>;
}

export class Report {
  readonly #logger: Logger;
  readonly #tally: Tally;
  readonly #names: Names | undefined;
  readonly #tellsHits: () => boolean;
  readonly leases: LeaseReport;
  readonly #stages: StageLines;

  /**
   * Writes to a log and counts, with the names of hosts beside their addresses.
   *
   * @param tellsHits whether somebody wants to hear of every hit, just now
   */
  constructor(
    logger: Logger,
    tally: Tally,
    names?: Names,
    tellsHits = () => logger.isEnabledFor("debug"),
  ) {
    this.#tellsHits = tellsHits;
    this.#logger = logger;
    this.#tally = tally;
    this.#names = names;
    this.#stages = new StageLines(logger, (ip) => this.#who(ip));
    this.leases = new LeaseReport(() => this.#log, (ip) => this.#who(ip));
  }

  starting(interfaces: readonly string[]): void {
    const names = interfaces.join(", ") || "that of the default route";
    this.#log.info("starting up, interface {names}", { event: "start", names });
  }

  listening(name: string, addresses: readonly string[]): void {
    const list = someOf(addresses) || "no address yet";
    this.#log.info("listening on {interface} ({list})", {
      event: "listening",
      interface: name,
      list,
    });
  }

  deaf(name: string, reason: string, isLeft = false): void {
    const why = isLeft ? " any more: {reason}" : ": {reason}; waiting for it";
    const what = { event: "deaf", interface: name, reason };
    this.#log.warn(`not listening on {interface}${why}`, what);
  }

  slow(name: string, reason: string): void {
    this.#log.warn("{interface}: {reason}", {
      event: "slow",
      interface: name,
      reason,
    });
  }

  stage({ door, client }: LiveSequence, ip: string, stage: number): void {
    this.#stages.add({ door: door.name, ip, client: client?.name, stage });
  }

  /** Whether somebody reads what came of each hit. */
  get tellsHits(): boolean {
    return this.#tellsHits();
  }

  /** What came of a hit, on which door where it was one; for whoever debugs or watches. */
  hit(ip: string, knock: string, what: string, door?: string): void {
    this.#log.debug("{who}: hit on {knock}: {what}", {
      event: "hit",
      ...this.#who(ip),
      door,
      knock,
      what,
    });
  }

  /** So many lines were left out. */
  suppressed(kind: "hit" | "stage" | "refused", count: number): void {
    const level = kind === "hit" ? "debug" : "info";
    this.#log[level]("{kind}: … {count} more suppressed", {
      event: "log",
      kind,
      count,
    });
  }

  /** A knock came far, and its time is over. */
  unfinished(
    door: string,
    ip: string,
    client: string | undefined,
    stage: number,
    refusal: Refusal,
  ): void {
    const why = refusalWords(refusal);
    this.#tally.unfinished({ door, ip, client, reason: refusal.kind, why });
    this.#log.info("{who}: {door}: sequence timeout (stage {stage}): {why}", {
      event: "timeout",
      ...this.#who(ip),
      door,
      client,
      stage,
      why,
      reason: refusal.kind,
    });
  }

  /** A knock is complete, and a rule keeps the door shut; one that works once is spent. */
  broken(
    door: string,
    ip: string,
    client: string | undefined,
    refusal: Refusal,
    spent: boolean,
  ): void {
    const end = spent ? "; it is spent" : "";
    const why = refusalWords(refusal) + end;
    this.refused({ door, ip, client, reason: refusal.kind, why });
  }

  refused(knock: FailedKnock): void {
    this.#tally.refused(knock);
    const { door, ip, client, reason, why } = knock;
    const whose = client === undefined ? "" : ` (${client})`;
    this.#log.warn("{who}: {door}: refused{whose}: {why}", {
      event: "refused",
      ...this.#who(ip),
      door,
      client,
      whose,
      why,
      reason,
    });
  }

  /** Refused, and said by number alone. */
  counted(door: string, reason: FailedReason): void {
    this.#tally.counted(door, reason);
  }

  /** How a start command ended that failed; the log is told by its lease. */
  startFailed(door: string, ip: string, how: string): void {
    this.#tally.startFailed(door, ip, how);
  }

  /** Packets of a door that can't open it, and that nobody is told of one by one. */
  packets(door: string, what: string, count: number): void {
    this.#log.warn("{door}: {count} {what}", { event: "packets", door, what, count });
  }

  open(opening: Opening): void {
    const { door, address, client } = opening;
    this.#tally.opened(opening);
    const whose = client === undefined ? "" : ` (${client.name})`;
    this.#log.info("{who}: {door}: OPEN SESAME{whose}", {
      event: "open",
      ...this.#who(address.text),
      door: door.name,
      client: client?.name,
      whose,
    });
    void this.#names?.ask(address.text);
  }

  /** With which time step a client knocked, and how far ahead its clock is, if known. */
  step(door: string, ip: string, client: string, offset: number, ahead?: number): void {
    const seen = { door, client, ahead: ahead ?? 0 };
    this.#tally.clocks.set(JSON.stringify([door, client]), seen);
    const clock = ahead === undefined
      ? ""
      : `; its clock is about ${Math.round(Math.abs(ahead))} s ` +
        (ahead > 0 ? "ahead" : "behind");
    this.#log.info("{who}: {door}: {client} knocked with {which}{clock}", {
      event: "step",
      ...this.#who(ip),
      door,
      client,
      which: stepName(offset),
      offset,
      clock,
    });
  }

  counter(door: string, ip: string, client: string, counter: number): void {
    this.#log.info("{who}: {door}: {client} knocked with counter {counter}", {
      event: "step",
      ...this.#who(ip),
      door,
      client,
      counter,
    });
  }

  trouble(what: Trouble): void {
    this.#log.error("{message}", { event: "trouble", message: troubleWords(what) });
  }

  warning(what: Warning): void {
    this.#log.warn("{message}", { event: "warning", message: troubleWords(what) });
  }

  reloading(path: string): void {
    this.#log.info("re-reading config file: {path}", { event: "reload", path });
  }

  stopping(): void {
    this.#log.info("shutting down", { event: "stop" });
  }

  /** The log, in which stages are said before whatever follows from them. */
  get #log(): Logger {
    this.#stages.flush();
    return this.#logger;
  }

  /** An address, and what a line calls its host. */
  #who(ip: string): { ip: string; who: string } {
    const name = this.#names?.nameOf(ip);
    return { ip, who: name === undefined ? ip : `${ip} (${name})` };
  }
}

function stepName(offset: number): string {
  if (offset === 0) return "the current step";
  const steps = Math.abs(offset) === 1 ? "step" : "steps";
  return offset > 0 ? `${offset} ${steps} ahead` : `${-offset} ${steps} behind`;
}
