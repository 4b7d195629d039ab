/** `knockd import`: a knockd.conf as knock.toml. */

import { UsageError } from "../../core/failure.ts";
import { print, printError } from "../terminal.ts";
import { loadConfigOrThrow } from "../../config/load.ts";
import type { Config } from "../../config/config.ts";
import { configError, formatProblem } from "../../config/problems.ts";
import { RESERVED } from "../../config/names.ts";
import { tomlOf } from "../../setup/import/imported_config.ts";
import { readSource } from "../../files/source.ts";
import { tomlOfAccessConf } from "../../setup/import/access_conf.ts";
import {
  isAccessConf,
  isFwknopdConf,
  isFwknopRc,
} from "../../setup/import/fwknop_stanzas.ts";

/** What is unsafe is said beside its door, and on standard error. */
export async function importConfig(path: string): Promise<void> {
  const source = readSource(path, { latin1: true });
  if (!("text" in source)) {
    throw configError([{ hint: "knockd import FILE reads another", ...source }]);
  }
  if (isAccessConf(source.text)) {
    return print(tomlOfAccessConf(source.text, path).trimEnd());
  }
  if (isFwknopRc(source.text)) {
    throw new UsageError(
      `${path}: this is what fwknop's client reads; a profile takes its place here`,
      "knockd profile add, with the line that knockd enroll prints on the server",
    );
  }
  if (isFwknopdConf(source.text)) {
    throw new UsageError(
      `${path}: this says how fwknopd listens; its doors are in access.conf`,
      "knockd import /etc/fwknop/access.conf",
    );
  }
  const { config, warnings } = await loadConfigOrThrow(path);
  if (path.endsWith(".toml")) {
    throw new UsageError(`${path} is TOML already`, `knockd check ${path} judges it`);
  }
  refuseNames(config);
  for (const warning of warnings) {
    printError(`knockd: warning: ${formatProblem(warning)}`);
  }
  print(tomlOf(config, warnings).trimEnd());
}

/** What a knockd.conf may call a door, and a knock.toml may not. */
function refuseNames({ path, doors }: Config): void {
  for (const { name } of doors.filter(({ name }) => RESERVED.has(name))) {
    const message = `${path}: a door of knock.toml can't be called ${name}`;
    throw new UsageError(
      message,
      `call the section [${name}] otherwise, and import again`,
    );
  }
}
