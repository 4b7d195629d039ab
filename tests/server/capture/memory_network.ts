/** A network in memory: interfaces come, go and hear what the test says. */
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import type {
  HostAddress,
  Network,
  PacketHandler,
  PacketSource,
} from "../../../lib/server/capture/network.ts";

const ETHERNET = 1;

/** An interface in memory. */
export interface MemoryInterface {
  index: number;
  up: boolean;
  addresses: string[];
  /** Thrown by the next attempts to open it. */
  refusal?: PcapError;
  linkType?: number;
  /** Whether libpcap refuses a filter; "bad" by default. */
  refuses?: (filter: string) => boolean;
  /** Whether the kernel takes its filter; default true. */
  kernelFilter?: boolean;
}

/** A packet that waits in memory. */
export interface MemoryPacket {
  bytes: Uint8Array;
  time: number;
}

/** What an open interface is in memory. */
export class MemorySource implements PacketSource {
  readonly linkType: number;
  readonly batch = 4;
  readonly waiting: MemoryPacket[] = [];
  /** The filter it has. */
  filter = "";
  /** Thrown by the next read. */
  failure: PcapError | undefined;
  lost = 0;
  closed = false;

  constructor(
    readonly fd: number,
    readonly from: MemoryInterface,
    readonly snapLength: number,
  ) {
    this.linkType = from.linkType ?? ETHERNET;
  }

  compile(expression: string): number {
    const refused = this.from.refuses?.(expression) ?? expression === "bad";
    if (refused) throw new PcapError("filter", "syntax error");
    return 1;
  }

  /** Throws away what waits, as libpcap does. */
  setFilter(expression: string): boolean {
    this.waiting.length = 0;
    this.compile(expression);
    this.filter = expression;
    return this.from.kernelFilter ?? true;
  }

  read(onPacket: PacketHandler): number {
    if (this.failure !== undefined) throw this.failure;
    const batch = this.waiting.splice(0, this.batch);
    for (const { bytes, time } of batch) {
      onPacket(this.linkType, bytes, 0, bytes.length, time);
    }
    return batch.length;
  }

  dropped(): number {
    return this.lost;
  }

  close(): void {
    this.closed = true;
  }
}

/** A network in memory. */
export class MemoryNetwork implements Network {
  readonly interfaces = new Map<string, MemoryInterface>();
  /** Every source that was ever opened, in order. */
  readonly opened: MemorySource[] = [];
  defaults: string[] = [];
  closed = false;
  tellsChanges = true;
  /** How often somebody waited. */
  waits = 0;
  #nextIndex = 1;
  #news = false;
  #awake: ((broken: readonly PacketSource[]) => void) | undefined;
  #pending = false;

  /** Makes an interface, up unless said otherwise. */
  add(name: string, parts: Partial<MemoryInterface> = {}): MemoryInterface {
    const made = { index: this.#nextIndex++, up: true, addresses: [], ...parts };
    this.interfaces.set(name, made);
    return made;
  }

  /** Takes an interface away. */
  remove(name: string): void {
    this.interfaces.delete(name);
  }

  /** Gives an interface another name. */
  rename(from: string, to: string): void {
    this.interfaces.set(to, this.interfaces.get(from)!);
    this.interfaces.delete(from);
  }

  /** The open source of an interface. */
  source(name: string): MemorySource | undefined {
    const from = this.interfaces.get(name);
    return this.opened.find((source) => source.from === from && !source.closed);
  }

  /** A packet arrives. */
  arrive(name: string, ...packets: MemoryPacket[]): void {
    this.source(name)!.waiting.push(...packets);
    this.wake();
  }

  /** Says that something is different. */
  tellChange(): void {
    this.#news = true;
    this.wake();
  }

  /** Ends the wait, these sources being broken. */
  break(...broken: PacketSource[]): void {
    this.#awake?.(broken);
  }

  open(name: string, snapLength: number): PacketSource {
    const from = this.interfaces.get(name);
    if (from === undefined) throw new PcapError("no-device", `${name}: no such device`);
    if (from.refusal !== undefined) throw from.refusal;
    if (!from.up) throw new PcapError("down", `${name}: down`);
    const source = new MemorySource(this.opened.length, from, snapLength);
    this.opened.push(source);
    return source;
  }

  index(name: string): number {
    return this.interfaces.get(name)?.index ?? 0;
  }

  isUp(name: string): boolean {
    return this.interfaces.get(name)?.up ?? false;
  }

  addresses(): readonly HostAddress[] {
    return [...this.interfaces].flatMap(([name, { addresses }]) =>
      addresses.map((address) => ({ interface: name, address }))
    );
  }

  defaultInterfaces(): readonly string[] {
    return this.defaults;
  }

  changed(): boolean {
    const news = this.#news;
    this.#news = false;
    return news;
  }

  wait(): Promise<readonly PacketSource[]> {
    this.waits++;
    const readable = this.opened.some(({ closed, waiting }) =>
      !closed && waiting.length > 0
    );
    if (this.#pending || readable) {
      this.#pending = false;
      return Promise.resolve([]);
    }
    return new Promise((resolve) => {
      this.#awake = (broken) => {
        this.#awake = undefined;
        resolve(broken);
      };
    });
  }

  wake(): void {
    if (this.#awake === undefined) this.#pending = true;
    else this.#awake([]);
  }

  close(): void {
    this.closed = true;
  }
}
