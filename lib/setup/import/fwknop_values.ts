/** Values of fwknop's directives, as knockd has them. */

/** What fwknopd puts the knocker's address in the place of, whatever follows it. */
const ADDRESS = /\$(?:IP|SRC|PKT_SRC)/g;

/** A command with `%IP%` in the place of fwknop's variables for the knocker's address. */
export function withOurPlaceholder(command: string): string {
  return command.replaceAll(ADDRESS, "%IP%");
}

/** The commands that a stanza opens and closes with, where it has them. */
export function commandsOf(values: ReadonlyMap<string, string>): (string | undefined)[] {
  return ["CMD_CYCLE_OPEN", "CMD_CYCLE_CLOSE"].map((name) => {
    const command = values.get(name);
    return command === "" || command === "NONE" ? undefined : command;
  });
}

/** `tcp/22` as `22`, `udp/53` as `53:udp`; nothing for what is neither. */
export function openedPort(text: string): string[] {
  const [, protocol = "", port = ""] =
    /^\s*(tcp|udp)\/(\d{1,5})\s*(?:#.*)?$/i.exec(text) ?? [];
  if (Number(port) < 1 || Number(port) > 65_535) return [];
  return [protocol.toLowerCase() === "udp" ? `${port}:udp` : port];
}
