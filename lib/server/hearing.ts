/**
 * What a daemon hears: nothing, and without any right to, where all of its doors open by the
 * fleet alone.
 */

import type { Config } from "../config/config.ts";
import { type Address, parseAddress } from "../core/address.ts";
import { captureFilter } from "../core/filter.ts";
import { Capture, type InterfaceStatus, type PacketHandler } from "./capture/capture.ts";
import type { CaptureEvent } from "./capture/event.ts";
import { snapLengthFor } from "./capture/snap_length.ts";
import type { DaemonOptions } from "./daemon_options.ts";
import type { Report } from "./log/report.ts";

export interface HearingOptions {
  readonly daemon: DaemonOptions;
  readonly report: Report;
  /** The config in force. */
  readonly config: () => Config;
  readonly onPacket: PacketHandler;
  /** Whether what was heard takes longer than it took to be heard. */
  readonly isBehind: () => boolean;
  /** Called with all addresses of this host. */
  readonly onAddresses: (addresses: Address[]) => void;
}

/** Whether a config has a door that something heard here opens. */
export function hears({ doors }: Config): boolean {
  return doors.length === 0 || doors.some(({ key }) => key.kind !== "fleet");
}

export class Hearing {
  readonly #options: HearingOptions;
  /** What hears, once something is to be heard. */
  #capture: Capture | undefined;

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  get status(): InterfaceStatus[] {
    return (this.#capture?.status() ?? [])
      .map((row) => ({ ...row, addresses: this.#knockable(row.addresses) }));
  }

  /** Hears, if this config wants it and it is not done yet; throws a Failure. */
  start(config: Config): void {
    if (this.#capture !== undefined || !hears(config)) return;
    const capture = this.#newCapture();
    capture.start();
    this.#capture = capture;
  }

  /** Finds out whether it could hear for another config; throws a Failure if not. */
  try(config: Config): void {
    this.#capture?.tryFilter((linkType) => this.#filterOf(config, linkType));
    this.start(config);
  }

  /** Hears once, though nothing may have come. */
  wake(): void {
    this.#capture?.wake();
  }

  /** Takes up a config that is in force now. */
  follow({ options }: Config): void {
    this.#capture?.setInterfaces(options.interfaces);
    this.#capture?.refilter();
  }

  async close(): Promise<void> {
    await this.#capture?.close();
  }

  #newCapture(): Capture {
    const { daemon: { onBusy, world }, config, onPacket, isBehind } = this.#options;
    return new Capture({
      interfaces: config().options.interfaces,
      system: world.system,
      network: world.network,
      faults: world.faults,
      filter: (linkType) => this.#filterOf(config(), linkType),
      snapLength: () => snapLengthFor(config().doors),
      onPacket,
      isBehind,
      onBusy,
      onEvent: (event) => this.#tell(event),
    });
  }

  #tell(event: CaptureEvent): void {
    const { daemon, report, onAddresses } = this.#options;
    switch (event.kind) {
      case "listening": {
        const addresses = this.#knockable(event.addresses);
        report.listening(event.interface, addresses);
        return daemon.onListening(event.interface, addresses);
      }
      case "deaf":
        report.deaf(event.interface, event.reason);
        return daemon.onDeaf(event.interface, event.reason);
      case "left":
        report.deaf(event.interface, event.reason, true);
        return daemon.onLeft(event.interface, event.reason);
      case "slow":
        return report.slow(event.interface, event.reason);
      case "addresses":
        return onAddresses(event.addresses.flatMap((text) => parseAddress(text) ?? []));
    }
  }

  /** Those that a knock at is heard. */
  #knockable(addresses: readonly string[]): readonly string[] {
    const { ipv4Only } = this.#options.daemon;
    return ipv4Only ? addresses.filter((text) => !text.includes(":")) : addresses;
  }

  #filterOf({ doors, options }: Config, linkType: number): string {
    const { ipv4Only } = this.#options.daemon;
    return captureFilter(doors, options.ignorePorts, { linkType, ipv4Only });
  }
}
