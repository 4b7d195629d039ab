/**
 * One libpcap handle: a live interface, a capture file, or neither, for compiling filters.
 */

import { hasKernelFilter, libc } from "../libc.ts";
import { bufferText, cString, pointerText } from "../c_string.ts";
import { listen, type LiveOptions, newHandle } from "./live_handle.ts";
import {
  ERROR_SIZE,
  MICROSECONDS,
  PROGRAM_SIZE,
  STATS_SIZE,
  UNKNOWN_NETMASK,
} from "./pcap_constants.ts";
import { PcapError, type PcapErrorCode } from "./pcap_error.ts";
import { loadPcap } from "./pcap_library.ts";
import { type PacketHandler, readRecords, RECORD_HEADER } from "./savefile.ts";

export { PcapError, type PcapErrorCode } from "./pcap_error.ts";
export type { PacketHandler } from "./savefile.ts";

/** What one read may bring: enough to make the cost of a call vanish, and cache-friendly. */
const BATCH_SIZE = 128 * 1024;
/** The longest packet of any common link type (MAXIMUM_SNAPLEN), and a record's header. */
const MAX_BATCH_SIZE = 512 * 1024;
/** libpcap puts back the VLAN tag or a cooked header after cutting at the snap length. */
const REINSERTED = 32;

/** A libpcap handle. Only this class holds pointers; every method fails once closed. */
export class Pcap implements Disposable {
  /** What packets start with, as a DLT_ number of pcap-linktype(7). */
  readonly linkType: number;
  /** To be polled: readable when packets wait. -1 for what is not live. */
  readonly fd: number;
  /** How many packets one {@linkcode read} brings at most. */
  readonly batch: number;
  readonly #pcap = loadPcap();
  readonly #name: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  /** What was lost before anybody said what is to be heard. */
  #droppedBefore: number | undefined;
  #handle: Deno.PointerObject | null;
  #file: Deno.PointerObject | null = null;
  #dumper: Deno.PointerObject | null = null;

  private constructor(
    name: string,
    handle: Deno.PointerObject,
    fd: number,
    most = Infinity,
  ) {
    this.#name = name;
    this.#handle = handle;
    this.fd = fd;
    this.linkType = this.#pcap.pcap_datalink(handle);
    const record = RECORD_HEADER + this.#pcap.pcap_snapshot(handle) + REINSERTED;
    const size = Math.min(Math.max(BATCH_SIZE, record + 1), MAX_BATCH_SIZE);
    this.batch = Math.min(most, Math.max(1, Math.floor((size - 1) / record)));
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What libpcap calls itself: `libpcap version 1.10.3 (with TPACKET_V3)`. */
  static version(): string {
    return pointerText(loadPcap().pcap_lib_version());
  }

  /**
   * Listens on an interface for what comes in, without promiscuous mode, each packet
   * handed over at once; reading never waits.
   *
   * @throws {PcapError}
   */
  static openLive(name: string, options: LiveOptions): Pcap {
    const handle = newHandle(name, options);
    return Pcap.#live(name, handle, loadPcap().pcap_activate(handle));
  }

  /**
   * The same beside what the caller does meanwhile: the kernel takes 5 to 20 ms for a ring.
   *
   * @throws {PcapError}
   */
  static async openLiveMeanwhile(name: string, options: LiveOptions): Promise<Pcap> {
    const handle = newHandle(name, options);
    return Pcap.#live(name, handle, await loadPcap().pcap_activate_meanwhile(handle));
  }

  static #live(name: string, handle: Deno.PointerObject, status: number): Pcap {
    try {
      return new Pcap(name, handle, listen(name, handle, status)).#readable();
    } catch (error) {
      loadPcap().pcap_close(handle);
      throw error;
    }
  }

  /**
   * Reads a capture file, pcap or pcapng.
   *
   * @param path `-` is standard input, whose packets come one by one: libpcap waits until
   * it has a whole batch, which may be long after a packet was sent
   * @param name what its errors call it
   * @throws {PcapError}
   */
  static openOffline(path: string, name = path): Pcap {
    const pcap = loadPcap();
    const problem = new Uint8Array(ERROR_SIZE);
    const handle = pcap.pcap_open_offline(cString(path), problem);
    if (handle === null) throw new PcapError("other", bufferText(problem));
    try {
      return new Pcap(name, handle, -1, path === "-" ? 1 : Infinity).#readable();
    } catch (error) {
      pcap.pcap_close(handle);
      throw error;
    }
  }

  /**
   * Compiles a filter expression of pcap-filter(7) without using it.
   *
   * @returns How many instructions it has.
   * @throws {PcapError} `filter` where it is not valid for this link type.
   */
  compile(expression: string): number {
    return this.#compiled(expression, (program) => program.getUint32(0, true));
  }

  /**
   * From now on only packets that pass this expression of pcap-filter(7) are read.
   *
   * @returns Whether the kernel runs it; if not, libpcap does, after copying each packet.
   * @throws {PcapError} `filter` where it is not valid for this link type.
   */
  setFilter(expression: string): boolean {
    const handle = this.#open();
    this.#compiled(expression, (program) => {
      if (this.#pcap.pcap_setfilter(handle, program) !== 0) throw this.#error("filter");
    });
    this.#droppedBefore ??= this.#allDropped();
    return this.fd < 0 || hasKernelFilter(this.fd);
  }

  /**
   * Hands over the packets that wait, at most {@linkcode batch} of them.
   *
   * @returns How many there were; 0 at the end of a file.
   * @throws {PcapError}
   */
  read(onPacket: PacketHandler): number {
    const { pcap_dispatch, pcap_dump, pcap_dump_ftell } = this.#pcap;
    const count = pcap_dispatch(this.#open(), this.batch, pcap_dump, this.#dumper);
    if (count < 0) throw this.#error("other");
    if (count === 0) return 0;
    const end = Number(pcap_dump_ftell(this.#dumper));
    // Also writes out what the C library still held back.
    libc().rewind(this.#file);
    if (end >= this.#bytes.length) {
      throw new PcapError("other", `${this.#name}: a packet is too long to be read`);
    }
    return readRecords(this.#view, this.#bytes, end, this.linkType, onPacket);
  }

  /** How many packets the kernel had no room for since there is a filter. */
  dropped(): number {
    return this.#allDropped() - (this.#droppedBefore ?? 0);
  }

  #allDropped(): number {
    const stats = new DataView(new ArrayBuffer(STATS_SIZE));
    if (this.#pcap.pcap_stats(this.#open(), stats.buffer) !== 0) return 0;
    return stats.getUint32(4, true);
  }

  /** Gives the handle back; closing twice is harmless. */
  close(): void {
    const handle = this.#handle;
    if (handle === null) return;
    this.#handle = null;
    // Closes the file too.
    if (this.#dumper !== null) this.#pcap.pcap_dump_close(this.#dumper);
    this.#pcap.pcap_close(handle);
  }

  /** The same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Makes our memory the file that pcap_dump writes to. */
  #readable(): this {
    if (this.#pcap.pcap_get_tstamp_precision(this.#open()) !== MICROSECONDS) {
      throw new PcapError("other", `${this.#name}: time stamps are not in microseconds`);
    }
    const size = BigInt(this.#bytes.length);
    this.#file = libc().fmemopen(this.#bytes, size, cString("w"));
    if (this.#file === null) throw new PcapError("other", "fmemopen: out of memory");
    this.#dumper = this.#pcap.pcap_dump_fopen(this.#open(), this.#file);
    if (this.#dumper === null) {
      libc().fclose(this.#file);
      throw this.#error("other");
    }
    libc().rewind(this.#file);
    return this;
  }

  #compiled<T>(expression: string, use: (program: DataView<ArrayBuffer>) => T): T {
    const program = new DataView(new ArrayBuffer(PROGRAM_SIZE));
    const source = cString(expression);
    const { pcap_compile, pcap_freecode } = this.#pcap;
    if (pcap_compile(this.#open(), program, source, 1, UNKNOWN_NETMASK) !== 0) {
      throw this.#error("filter");
    }
    try {
      return use(program);
    } finally {
      pcap_freecode(program);
    }
  }

  #open(): Deno.PointerObject {
    if (this.#handle === null) throw new PcapError("other", `${this.#name}: closed`);
    return this.#handle;
  }

  #error(code: PcapErrorCode): PcapError {
    return new PcapError(
      code,
      `${this.#name}: ${pointerText(this.#pcap.pcap_geterr(this.#open()))}`,
    );
  }
}
