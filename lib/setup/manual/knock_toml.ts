/** knock.toml(5), from the words of the config's keys. */

import {
  CLIENT_WORDS,
  DOOR_WORDS,
  FLEET_WORDS,
  OPTION_WORDS,
  OTP_WORDS,
  type TableWords,
} from "../../config/toml/words.ts";
import { meaning } from "./knockd.ts";
import { definitions, head, literal, page } from "./mdoc.ts";
import { defined } from "../../core/defined.ts";

export function knockTomlPage(date: string): string {
  return page([
    ...head("knock.toml", 5, date, "the config of knockd"),
    ".Sh DESCRIPTION",
    "A file in TOML that",
    ".Xr knockd 8",
    "reads from",
    ".Pa /etc/knockd/knock.toml",
    "if nothing else is said.",
    "Unknown keys are errors.",
    "A file that holds a secret must be readable by its owner alone, or, where that is",
    "root, by the group of the service's own user, too.",
    "Relative paths are relative to the directory of the file.",
    ".Ss [options] keys",
    ...keys(OPTION_WORDS),
    ".Ss [doors.NAME] keys",
    "A door has one of",
    ".Cm sequence ,",
    ".Cm one_time_sequences ,",
    ".Cm follow",
    "and an",
    ".Cm otp",
    "table.",
    ...keys(DOOR_WORDS),
    "The commands have a second form, with",
    ".Cm _6",
    "at the end, that runs for IPv6 knockers.",
    ".Ss [doors.NAME.otp] keys",
    ...keys(OTP_WORDS),
    ".Ss [doors.NAME.clients.CLIENT] keys",
    ...keys(CLIENT_WORDS),
    ".Ss [fleet] keys",
    "Without this table there is no fleet.",
    ...keys(FLEET_WORDS),
    ".Ss Commands",
    "A command is a text, run by",
    ".Pa /bin/sh ,",
    "or an array, run without a shell.",
    "In it",
    ".Li %IP% ,",
    ".Li %DOOR% ,",
    ".Li %CLIENT%",
    "and",
    ".Li %PORT%",
    "are replaced; the same values are in the environment as",
    ".Ev KNOCK_IP",
    "and so on.",
    ".Sh EXAMPLES",
    ...literal([
      "[doors.ssh]",
      'start_command = "nft add element inet mine ssh { %IP% }"',
      'stop_command  = "nft delete element inet mine ssh { %IP% }"',
      "cmd_timeout   = 30",
      "[doors.ssh.otp]",
    ]),
    ".Sh SEE ALSO",
    ".Xr knockd 8",
  ]);
}

function keys(table: TableWords): string[] {
  return definitions(
    Object.entries(table).map(([key, [description, fallback]]) => [
      `Cm ${key}`,
      meaning({ description, ...defined({ fallback }) }),
    ]),
  );
}
