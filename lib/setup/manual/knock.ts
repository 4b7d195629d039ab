/** knock(1): the client under the name and with the options of knock 0.8. */

import { definitions, head, literal, page } from "./mdoc.ts";

export function knockPage(date: string): string {
  return page([
    ...head("knock", 1, date, "knocks at ports, in order"),
    ".Sh SYNOPSIS",
    ".Nm",
    ".Op Fl 46uvV",
    ".Op Fl d Ar milliseconds",
    ".Ar host",
    ".Ar port Ns Op Cm :udp",
    ".Ar ...",
    ".Sh DESCRIPTION",
    ".Nm",
    "sends one packet to each port, in the order given: a SYN, or a small datagram to a",
    "port with",
    ".Cm :udp .",
    "It is",
    ".Xr knockd 8",
    "called by this name, with the options of knock 0.8.",
    ".Cm knockd knock",
    "does more: it waits for the port, runs a command, and knows one-time knocks.",
    ...definitions([
      ["Fl u , Fl Fl udp", ["Make all hits UDP."]],
      ["Fl d , Fl Fl delay Ar milliseconds", ["Wait so long between two hits."]],
      ["Fl 4 , Fl Fl ipv4", ["Use IPv4."]],
      ["Fl 6 , Fl Fl ipv6", ["Use IPv6."]],
      ["Fl v , Fl Fl verbose", ["Say what is sent."]],
      ["Fl V , Fl Fl version", ["Print the version."]],
      ["Fl h , Fl Fl help", ["Print a summary."]],
    ]),
    ".Sh EXIT STATUS",
    ".Ex -std",
    ".Sh EXAMPLES",
    ...literal(["knock gate.example.org 7000 8000:udp 9000"]),
    ".Sh SEE ALSO",
    ".Xr knockd 8",
  ]);
}
