/** What the printed systemd unit keeps from the commands of doors. */

import { ownEntry } from "../../core/own_entry.ts";
import { type Adviser, unwise } from "./advice.ts";
import { baseName, programsOfDoor, type Words } from "./shell_words.ts";

/** Programs that need rights which the unit takes away, and what does their work. */
const PROGRAMS: Readonly<Record<string, string>> = {
  sudo: "commands run as root already: leave sudo out",
  su: "loosen the unit by systemctl edit knockd",
  doas: "commands run as root already: leave doas out",
  pkexec: "commands run as root already: leave pkexec out",
  at: "a stop_command and cmd_timeout close by themselves",
  batch: "loosen the unit by systemctl edit knockd",
  crontab: "a stop_command and cmd_timeout close by themselves",
  ...Object.fromEntries(
    ["mail", "mailx", "sendmail", "mutt"].map((name) => [
      name,
      "let what reads the log send it, or loosen the unit by systemctl edit knockd",
    ]),
  ),
};
const HOME = /^\d?[<>]*(\/root|\/home)\//;

/** A door whose command the unit would keep from its work. */
export const hiddenByUnit: Adviser = (door) => {
  const [hidden] = programsOfDoor(door).flatMap((words) => hiddenOf(words) ?? []);
  return hidden && unwise(
    "hidden-by-the-unit",
    `the printed systemd unit keeps its commands from ${hidden.what}`,
    hidden.hint,
  );
};

interface Hidden {
  readonly what: string;
  readonly hint: string;
}

/** What is hidden, and what to do; what systemd-run starts is under no rules of ours. */
function hiddenOf(words: Words): Hidden | undefined {
  const name = baseName(words[0]);
  if (name === "systemd-run") return undefined;
  const hint = ownEntry(PROGRAMS, name);
  if (hint !== undefined) return { what: name, hint };
  const home = words.map((word) => HOME.exec(word)?.[1]).find((found) => found);
  return home === undefined ? undefined : {
    what: `${home}/`,
    hint: "move the script to /usr/local, or loosen the unit by systemctl edit knockd",
  };
}
