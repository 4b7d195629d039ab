/** The files for service managers that a package has brought along. */

import { exists } from "../../../files/look.ts";
import { GUARD_UNIT_PATH } from "../../../setup/service/guard.ts";
import { SYSTEMD_UNIT_PATH } from "../../../setup/service/systemd.ts";
import { SYSV_SCRIPT_PATH } from "../../../setup/service/sysv.ts";

/** Where a package has Deno, and nothing else. */
const RUNTIME = "/usr/lib/knockd/knockd";
const UNITS = "/lib/systemd/system";

const PACKAGED: Readonly<Record<string, string>> = {
  [SYSTEMD_UNIT_PATH]: `${UNITS}/knockd.service`,
  [GUARD_UNIT_PATH]: `${UNITS}/knockd-guard.service`,
  [SYSV_SCRIPT_PATH]: SYSV_SCRIPT_PATH,
};

/** The configs that its services take, the first of these that there is. */
const CONFIGS = ["/etc/knockd/knock.toml", "/etc/knockd.conf"];

/** Whether this program is a package's. */
export function isPackaged(runtime: string = Deno.execPath()): boolean {
  return runtime === RUNTIME;
}

/**
 * The package's file that does for a config what one at `path` would do; none where this
 * program is no package's, or the package's services take another config.
 */
export function packagedFile(
  path: string,
  config: string,
  runtime?: string,
  isThere = exists,
): string | undefined {
  if (!isPackaged(runtime) || config !== CONFIGS.find(isThere)) return undefined;
  const packaged = PACKAGED[path];
  return packaged !== undefined && isThere(packaged) ? packaged : undefined;
}
