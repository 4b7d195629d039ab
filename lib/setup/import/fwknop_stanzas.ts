/** The files of fwknop as fwknop reads them: lines, and stanzas of directives. */

/** A stanza: its directives in their order. */
export type Stanza = readonly (readonly [name: string, value: string])[];

/** Whether a text is an access.conf: nothing else has lines that begin so. */
export function isAccessConf(text: string): boolean {
  return lines(text).some((line) => /^(SOURCE[:\s]|%include)/.test(line));
}

/** What a .fwknoprc may have besides keys, which may be all that it has. */
const OF_CLIENT =
  /^(SPA_SERVER|ALLOW_IP|ACCESS|USE_\w+|(HMAC_)?KEY(_BASE64)?)[:\s]+[^=\s]/;

/** What of a fwknopd.conf is changed most often. */
const OF_DAEMON =
  /^(PCAP_\w+|ENABLE_\w+|(IPT|FIREWD|FLUSH|TCPSERV|UDPSERV)_\w+)\s+[^=\s]/;

/** Whether a text is a .fwknoprc, which fwknop's client reads. */
export function isFwknopRc(text: string): boolean {
  return lines(text).some((line) => OF_CLIENT.test(line));
}

/** Whether a text is a fwknopd.conf: how fwknopd listens, and no door. */
export function isFwknopdConf(text: string): boolean {
  return lines(text).some((line) => OF_DAEMON.test(line));
}

/** As fwknopd reads them: to the first semicolon. */
function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/;.*/s, "").trim());
}

/** The stanzas; the first is what stands before any, and opens nothing. */
export function stanzasOf(text: string): Stanza[] {
  const all: [string, string][][] = [[]];
  for (const line of lines(text)) {
    const [, name = "", value = ""] = /^(\S+?):?(?:\s+(.*))?$/.exec(line) ?? [];
    if (name === "SOURCE") all.push([]);
    all.at(-1)!.push([name, value]);
  }
  return all;
}
