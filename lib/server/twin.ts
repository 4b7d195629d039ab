/** Another daemon that runs with the same config: two of them would act twice. */

import type { Config } from "../config/config.ts";
import { Failure } from "../core/failure.ts";
import { stopHint } from "../core/stop_hint.ts";
import { isSameFile } from "../files/path.ts";
import { askRunning } from "./control/running.ts";

/** Throws a Failure if a daemon runs with the same config and interfaces. */
export async function refuseTwin({ path, options }: Config): Promise<void> {
  const { control, interfaces } = options;
  const other = control === undefined ? undefined : await askRunning(control);
  if (other === undefined || !isSameFile(other.config, path)) return;
  if (`${other.interfaces}` !== `${interfaces}`) return;
  throw new Failure(
    `another knockd is running with this config (process ${other.pid}, it answers at ` +
      `${control})`,
    `${stopHint(other.pid)}, or let it read the config again: knockd reload`,
  );
}
