/** `knockd man`: the manual pages. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../../core/failure.ts";
import { commandWords } from "../command_words.ts";
import { knockPage } from "../../setup/manual/knock.ts";
import { knockTomlPage } from "../../setup/manual/knock_toml.ts";
import { knockdPage } from "../../setup/manual/knockd.ts";
import { protocolPage } from "../../setup/manual/protocol.ts";
import { print } from "../terminal.ts";

/** The day that the pages bear: that of the last release. */
const RELEASED = "November 26, 2026";

/** Each page, made of the whole command line. */
const PAGES: Readonly<Record<string, (program: CommandUnknownOpts) => string>> = {
  "knockd.8": (program) => knockdPage(commandWords(program), RELEASED),
  "knock.1": () => knockPage(RELEASED),
  "knock.toml.5": () => knockTomlPage(RELEASED),
  "knockd-protocol.7": () => protocolPage(RELEASED),
};

export function printPage(page: string, program: CommandUnknownOpts): void {
  const name = Object.keys(PAGES).find((each) => spellingsOf(each).includes(page));
  const make = name === undefined ? undefined : PAGES[name];
  if (make === undefined) {
    throw new UsageError(
      `no manual page ${JSON.stringify(page.slice(0, 40))}`,
      `there are ${Object.keys(PAGES).join(", ")}`,
    );
  }
  print(make(program).trimEnd());
}

/** `knockd.8` is `knockd(8)` in texts, and `knockd` to whoever knows no section. */
function spellingsOf(page: string): string[] {
  const [, name, section] = /^(.*)\.(\d)$/.exec(page)!;
  return [page, name!, `${name}(${section})`];
}
