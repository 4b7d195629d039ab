/** A packet, reduced to what matching needs. */

/** IP protocol number of TCP (RFC 9293). */
export const TCP = 6;
/** IP protocol number of UDP (RFC 768). */
export const UDP = 17;

/**
 * One captured TCP or UDP packet. There is one object of this class for a capture, filled
 * anew for every packet, so that a flood allocates nothing. What may be no small integer is
 * -0 at first: with 0 the engine would lay the object out anew at its first packet, and what
 * it has compiled for others would not fit it.
 */
export class Hit {
  /** The packet's own time, milliseconds since the Unix epoch. */
  time: number = -0;
  /** Source address: four 32-bit words, most significant first; IPv4 is mapped. */
  readonly source: Uint32Array = new Uint32Array(4);
  /** Destination address, in the same form. */
  readonly destination: Uint32Array = new Uint32Array(4);
  /** Source port. */
  sourcePort = 0;
  /** Destination port. */
  port = 0;
  /** {@linkcode TCP} or {@linkcode UDP}. */
  protocol: typeof TCP | typeof UDP = TCP;
  /** The TCP flags byte (CWR ECE URG ACK PSH RST SYN FIN); 0 for UDP. */
  flags = 0;
  /** The TCP sequence number; 0 for UDP. */
  tcpSequence: number = -0;
  /** Where a datagram's payload begins in the captured bytes; only where there is some. */
  payload = 0;
  /** Captured bytes of a datagram's payload; 0 for a fragment's, and for TCP. */
  payloadLength = 0;
  /** The length in the UDP header; 0 for TCP. */
  length = 0;
  /** The checksum in the UDP header; 0 for TCP. */
  checksum = 0;
  /** The identification in the IPv4 header; 0 in IPv6. */
  identification = 0;
}
