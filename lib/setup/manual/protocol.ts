/** knockd-protocol(7): how a secret becomes a sequence, for whoever writes a client. */

import { head, literal, page } from "./mdoc.ts";

export function protocolPage(date: string): string {
  return page([
    ...head("knockd-protocol", 7, date, "how a secret becomes a knock"),
    ".Sh DESCRIPTION",
    "Client and server compute a one-time sequence independently, from a secret that both",
    "have and a counter: the number of the present time step, or a count of knocks.",
    "Nothing but the knock itself crosses the network.",
    ".Ss Derivation",
    ...literal([
      "address  = empty                        without a source",
      "         = 16 bytes of the address      with one; IPv4 as ::ffff:a.b.c.d",
      'key(a)   = HMAC-SHA-256(secret, "knock sequence v1" 00 label 00 a)',
      "code(k,i)= HOTP(k, counter * 256 + i), HMAC-SHA-256, 8 digits",
      "span     = hi - lo + 1                  for tcp and udp",
      "         = 2 * (hi - lo + 1)            for mixed",
      "",
      "for i = 0, 1, 2 ...:",
      "    v    = code(key, i) mod span",
      "    port = lo + v                       for tcp and udp",
      "         = lo + floor(v / 2)            for mixed; udp where v is odd",
    ]),
    "A port that is in the list already is skipped.",
    "With a source, every port but the first uses the key of the source.",
    "The counter is the number of whole periods since 1970, or the client's own count.",
    ".Ss Sending",
    "One packet to each port: a SYN to a TCP port, a datagram to a UDP port.",
    "A client records a counter as used before it sends, and never sends two knocks with",
    "the same one.",
    ".Ss Accepting",
    "The ports may come in any order, less than the door's",
    ".Cm seq_timeout",
    "apart, with at most",
    ".Cm tolerance",
    "different other ports between them.",
    "A counter opens once, and none opens after a higher one has.",
    ".Sh SEE ALSO",
    ".Xr knock.toml 5 ,",
    ".Xr knockd 8",
    ".Sh STANDARDS",
    "RFC 4226 (HOTP), RFC 6238 (TOTP), RFC 4648 (Base32).",
  ]);
}
