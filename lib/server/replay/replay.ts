/** A recording through the very code that a daemon's packets go through. */

import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import type { PacketHandler } from "../../../ffi/pcap/pcap.ts";
import type { Config } from "../../config/config.ts";
import { type Address } from "../../core/address.ts";
import { addressFromWords } from "../../core/address_words.ts";
import type { Opening } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { Hit } from "../../core/hit.ts";
import { parsePacket } from "../../core/packet/parse.ts";
import { sequencesInMemory } from "../../files/sequence_file.ts";
import { Journal } from "../journal/journal.ts";
import { alreadyUsed, spendingOf } from "../journal/spending.ts";
import { Doorman } from "../knocks/doorman.ts";
import { Report } from "../log/report.ts";
import { Tally } from "../log/tally.ts";
import type { WatchedLine } from "../log/watchers.ts";
import { realSystem } from "../system.ts";
import { PacketClock } from "./packet_clock.ts";
import { Recording } from "./recording.ts";
import { addressKey, PortCounts, type Scan } from "./scans.ts";

/** What to replay, and whom to tell. */
export interface ReplayOptions {
  readonly config: Config;
  /** A pcap or pcapng file; `-` is standard input. */
  readonly file: string;
  /** Addresses that count as this host's; where there are none, every destination does. */
  readonly addresses: readonly Address[];
  /** Told each thing that the daemon would have said. */
  readonly onLine: (line: WatchedLine) => void;
  /** Told now and then how many packets were read, and how many bytes of the file. */
  readonly onProgress?: (packets: number, bytes: number) => void;
}

export interface Replayed {
  readonly packets: number;
  /** TCP packets and datagrams among them. */
  readonly hits: number;
  /** Seconds from the earliest packet to the latest. */
  readonly seconds: number;
  readonly opened: number;
  readonly refused: number;
  /** Up to SOURCES_COUNTED; there may be more then. */
  readonly sources: number;
  readonly scans: readonly Scan[];
  /** Why it could not be read to its end; the rest is of what could be. */
  readonly cutOff?: Failure;
}

/** Destinations that are taken for this host's, at most. */
const MOST_ADDRESSES = 256;
const MOST_SCANS = 10;
/** Lines that were left out are counted for so long at most, seconds. */
const LINES_S = 60;

/** Replays a recording; throws a Failure where it can't be opened. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { config, file, onLine, onProgress } = options;
  const longest = Math.max(0, ...config.doors.map(({ seqTimeout }) => seqTimeout));
  const clock = new PacketClock(1000 * (Math.max(LINES_S, longest) + 2));
  const tally = new Tally(clock.now);
  const report = new Report(loggerTo(onLine, clock), tally);
  using journal = await Journal.inMemory();
  const doorman = new Doorman({
    doors: config.doors,
    ignorePorts: config.options.ignorePorts,
    ipv4Only: false,
    system: { ...realSystem(), ...clockOf(clock) },
    report,
    journal,
    files: sequencesInMemory(),
    open: (opening) => open(opening, journal, report),
    hashKey: crypto.getRandomValues(new Uint32Array(2)),
  });
  const seen = new Seen(options.addresses, doorman);
  using recording = new Recording(file);
  const cutOff = await readAll(recording, (linkType, bytes, offset, captured, time) => {
    clock.advance(time);
    seen.packet(linkType, bytes, offset, captured, time);
    doorman.packet(linkType, bytes, offset, captured, time);
  }, () => onProgress?.(seen.packets, seen.bytes));
  for (let second = 0; second <= longest + 1; second++) clock.finish(1000);
  doorman.close();
  const { opened, refused } = tally.numbers;
  return { ...seen.numbers, opened, refused, ...cutOff && { cutOff } };
}

/** Reads to the end, or to where it is cut off or damaged, which it gives. */
async function readAll(
  recording: Recording,
  onPacket: PacketHandler,
  onBatch: () => void,
): Promise<Failure | undefined> {
  try {
    while (recording.read(onPacket) > 0) {
      onBatch();
      // What a daemon does between two batches is done here, too.
      await null;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error;
  }
}

function clockOf(clock: PacketClock) {
  const schedule = (delayMs: number, run: () => void) => clock.schedule(delayMs, run);
  return { now: clock.now, monotonic: clock.monotonic, schedule };
}

/** Nothing runs: that it would have opened is said, and its counter is spent here. */
function open(opening: Opening, journal: Journal, report: Report): void {
  const { door, address, client } = opening;
  const spending = spendingOf(opening);
  if (spending && journal.spend(spending.series, spending.counter) === "used") {
    return report.refused({
      door: door.name,
      ip: address.text,
      client: client?.name,
      reason: "used",
      why: alreadyUsed().message,
    });
  }
  report.open(opening);
}

function loggerTo(onLine: (line: WatchedLine) => void, clock: PacketClock) {
  const write = ({ level, message, properties }: LogRecord) =>
    onLine({ time: clock.now(), level, line: message.join(""), values: properties });
  configureSync({
    reset: true,
    sinks: { replay: write },
    loggers: [
      { category: ["replay"], sinks: ["replay"], lowestLevel: "info" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
  return getLogger(["replay"]);
}

/** What went by, whether it is a knock or not. */
class Seen {
  readonly #hit = new Hit();
  readonly #sources = new PortCounts();
  readonly #addresses: Address[];
  /** Those that were learnt. */
  readonly #known = new Set<string | number>();
  readonly #fixed: boolean;
  readonly #doorman: Doorman;
  packets = 0;
  /** As a pcap file has them, which writes sixteen before each packet. */
  bytes = 24;
  #hits = 0;
  #first = Infinity;
  #last = -Infinity;

  constructor(addresses: readonly Address[], doorman: Doorman) {
    this.#addresses = [...addresses];
    this.#fixed = addresses.length > 0;
    this.#doorman = doorman;
    doorman.setHostAddresses(addresses);
  }

  packet(
    linkType: number,
    bytes: Uint8Array,
    offset: number,
    captured: number,
    time: number,
  ): void {
    this.packets++;
    this.bytes += 16 + captured;
    this.#first = Math.min(this.#first, time);
    this.#last = Math.max(this.#last, time);
    if (!parsePacket(linkType, bytes, offset, captured, this.#hit)) return;
    this.#hits++;
    this.#sources.add(this.#hit);
    if (!this.#fixed && this.#addresses.length < MOST_ADDRESSES) this.#learn();
  }

  get numbers() {
    const seconds = this.packets === 0 ? 0 : (this.#last - this.#first) / 1000;
    const { count: sources } = this.#sources;
    const scans = this.#sources.scans(MOST_SCANS);
    return { packets: this.packets, hits: this.#hits, seconds, sources, scans };
  }

  #learn(): void {
    const key = addressKey(this.#hit.destination);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#addresses.push(addressFromWords(this.#hit.destination));
    this.#doorman.setHostAddresses(this.#addresses);
  }
}
