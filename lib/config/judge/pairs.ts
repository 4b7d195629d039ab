/** Doors of which one opens and another closes the same. */

import type { Door } from "../../core/door.ts";
import { programsOf, withoutSudo } from "./shell_words.ts";

/** Of each command by which doors that stay open are opened: who has it, in their order. */
export type Openers = ReadonlyMap<string, readonly Door[]>;

/** The doors that nothing closes, by what opens them. */
export function openersOf(doors: readonly Door[]): Openers {
  return Map.groupBy(doors.filter(({ stop }) => stop === undefined), openingText);
}

/** The door whose command takes back what a door's command did, if there is one. */
export function closedBy(door: Door, openers: Openers): Door | undefined {
  if (door.stop !== undefined || door.key.kind !== "static") return undefined;
  const opening = openingText(door);
  const undone = undo(opening);
  if (undone === opening) return undefined;
  return openers.get(undone)?.find(({ name }) => name !== door.name);
}

/** How firewalls write that a thing is taken back. */
const UNDOING: readonly [RegExp, string][] = [
  [/^(ip6?tables\S*.*?) (?:-A|-I|--append|--insert) (\S+)(?: \d+)? /, "$1 -D $2 "],
  [/^(nft) (?:add|create) element /, "$1 delete element "],
  [/^(ufw) (?:insert \d+ |prepend )?(allow|limit) /, "$1 delete $2 "],
  [/^(ufw) route (?:insert \d+ )?(allow|limit) /, "$1 route delete $2 "],
  [/^(firewall-cmd.*) --add-/, "$1 --remove-"],
  [/^(ipset) (?:add|-A|--add) /, "$1 del "],
  [/^(pfctl .*-T) add /, "$1 delete "],
];

function undo(opening: string): string {
  return UNDOING.reduce((text, [added, taken]) => text.replace(added, taken), opening);
}

/** What a door runs, in one spelling: without directories, sudo and waiting. */
function openingText({ start }: Door): string {
  return programsOf(start?.ipv4).map((words) =>
    withoutSudo(words).join(" ").replace(/^\S*\//, "")
      .replaceAll(/ (-w|--wait|-exist|-!|--force)(?= )/g, "")
      .replace(/^(ip6?tables\S*) --delete /, "$1 -D ")
      .replace(/^ipset (-D|--del) /, "ipset del ")
      // ufw finds a rule whatever is said of it.
      .replace(/^(ufw .*?) comment .*/s, "$1")
  ).join("; ");
}
