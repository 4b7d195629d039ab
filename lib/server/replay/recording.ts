/**
 * A recording as packets that the daemon's code reads, whatever they were recorded on.
 */

import { linkTypeName } from "../../../ffi/pcap/link_type_name.ts";
import { type PacketHandler, Pcap, PcapError } from "../../../ffi/pcap/pcap.ts";
import { Failure } from "../../core/failure.ts";
import { NO_IP } from "../../core/packet/link.ts";
import { isSupportedLinkType, LinkType } from "../../core/packet/parse.ts";
import { findRecordedIp, isRecordedLinkType } from "../../core/packet/recorded_link.ts";
import { unpackHint } from "./packed.ts";

/** A pcap or pcapng file, or standard input. */
export class Recording implements Disposable {
  readonly #pcap: Pcap;
  readonly #adapt: (onPacket: PacketHandler) => PacketHandler;

  /** Opens it; throws a Failure. */
  constructor(file: string) {
    this.#pcap = opened(file);
    const { linkType } = this.#pcap;
    const usual = isSupportedLinkType(linkType);
    this.#adapt = usual ? (onPacket) => onPacket : asRawIp;
    if (usual || isRecordedLinkType(linkType)) return;
    this.#pcap.close();
    throw new Failure(
      `${nameOf(file)}: its packets are ${linkTypeName(linkType)}, in which no IP ` +
        "is looked for",
      "record where the packets arrive: tcpdump -i eth0 -w FILE",
    );
  }

  /** Hands over some packets; how many, 0 at the end. Throws a Failure. */
  read(onPacket: PacketHandler): number {
    try {
      return this.#pcap.read(this.#adapt(onPacket));
    } catch (error) {
      if (!(error instanceof PcapError)) throw error;
      throw new Failure(error.message, hintFor(error.message));
    }
  }

  [Symbol.dispose](): void {
    this.#pcap.close();
  }
}

/** What is in front of the IP packet is cut off; what has none counts, and is no hit. */
function asRawIp(onPacket: PacketHandler): PacketHandler {
  return (linkType, bytes, offset, captured, time) => {
    const ip = findRecordedIp(linkType, bytes, offset, offset + captured);
    if (ip === NO_IP) return onPacket(LinkType.RAW, bytes, offset, 0, time);
    onPacket(LinkType.RAW, bytes, ip, offset + captured - ip, time);
  };
}

function opened(file: string): Pcap {
  const name = nameOf(file);
  try {
    return Pcap.openOffline(file, name);
  } catch (error) {
    if (!(error instanceof PcapError)) throw error;
    const named = error.message.includes(name) ? "" : `${name}: `;
    const hint = unpackHint(file) ?? "tcpdump -w FILE makes a recording";
    throw new Failure(named + error.message, hint);
  }
}

/** libpcap reads a pcapng file as far as all its interfaces are like the first. */
function hintFor(message: string): string {
  if (/different from the type of the first/.test(message)) {
    return 'it has several kinds of interfaces: tshark -r FILE -Y "frame.interface_id == 0" ' +
      "-w - | editcap -F pcap -T ether - ONE.pcap takes one out (rawip: a tunnel)";
  }
  if (/different from the snapshot length of the first/.test(message)) {
    return "its interfaces have different snapshot lengths: editcap -F pcap FILE ONE.pcap " +
      "gives them one";
  }
  return "the recording is cut off or damaged here";
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}
