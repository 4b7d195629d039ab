/** Another daemon that runs with the same config: two of them would act twice. */

import type { Config } from "../config/config.ts";
import { Failure } from "../core/failure.ts";
import { isSameFile } from "../files/path.ts";
import { requestControl } from "./control/client.ts";
import type { Status } from "./status.ts";

/** Milliseconds in which a daemon that is well says who it is. */
const PATIENCE_MS = 2000;

/** Throws a Failure if a daemon runs with the same config and interfaces. */
export async function refuseTwin({ path, options }: Config): Promise<void> {
  const { control, interfaces } = options;
  const other = control === undefined ? undefined : await whoAnswers(control);
  if (other === undefined || !isSameFile(other.config, path)) return;
  if (`${other.listenOn}` !== `${interfaces}`) return;
  throw new Failure(
    `another knockd is running with this config (process ${other.pid}, it answers at ` +
      `${control})`,
    `stop it first (kill ${other.pid}), or let it read the config again: knockd reload`,
  );
}

async function whoAnswers(control: string): Promise<Status | undefined> {
  try {
    return await requestControl(control, { command: "status" }, PATIENCE_MS) as Status;
  } catch {
    return undefined;
  }
}
