/** The units that `knockd init` makes, and how the daemon starts with the machine then. */

import { Failure } from "../../../core/failure.ts";
import { escapeControls } from "../../../core/printable.ts";
import { statOf } from "../../../files/look.ts";
import { absolutePath } from "../../../files/path.ts";
import { printError } from "../../terminal.ts";
import { installService } from "../service/install_service.ts";

/**
 * Makes the units where systemd runs, and says so. Gives what is to be typed once all is
 * well: it shuts ports for good, so that nobody is told before the end.
 *
 * @param own the option that names the config, where it is needed
 */
export async function haveUnits(config: string, own: string): Promise<readonly string[]> {
  if (statOf("/run/systemd/system") === undefined) {
    say("units     none: systemd does not run here");
    const isOpenrc = statOf("/run/openrc") !== undefined;
    const [kind, other] = isOpenrc ? ["openrc", "sysv"] : ["sysv", "openrc"];
    return [`knockd service ${kind}${own} --install    # or ${other}, or container`];
  }
  try {
    const { files, next } = await installService("systemd", absolutePath(config), false);
    for (const { path, isNew, warnings } of files) {
      say(`units     ${path}${isNew ? "" : " is there already"}`);
      for (const line of warnings) say(`          ${line}`);
    }
    return next;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Without the executable, for one, there is nothing to run.
    const [line, ...more] = error.message.split("\n");
    say(`units     none: ${line}`);
    for (const line of [...more, error.hint ?? ""]) {
      if (line !== "") say(`          ${line}`);
    }
    // Units that are there may be another config's.
    return [`knockd service${own} --install    # when what keeps units out is mended`];
  }
}

function say(line: string): void {
  printError(escapeControls(line));
}
