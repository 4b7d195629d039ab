/** What a daemon runs in, from before its start until after its end. */

import type { Config } from "../config/config.ts";
import { Faults, withRetries } from "./faults.ts";
import { type LogHandle, openLog } from "./log/log.ts";
import { type Small, staySmall } from "./process/memory.ts";
import { collectOrphans } from "./process/orphans.ts";
import { SdNotify } from "./process/sd_notify.ts";
import { catchEverything } from "./process/uncaught.ts";
import { realSystem, type System } from "./system.ts";

/** What a command line says of the log. */
export interface LogChoice {
  readonly debug?: true;
  readonly verbose?: true;
}

/** The log, the clocks and whoever wants to know how the service is doing. */
export interface Host extends Disposable {
  readonly log: LogHandle;
  readonly system: System;
  readonly faults: Faults;
  readonly small: Small;
  readonly manager: SdNotify | undefined;
}

/** Opens the log of a config; what is wrong before that is open, `warn` hears. */
export async function openHost(
  config: Config,
  choice: LogChoice,
  warn: (line: string) => void,
): Promise<Host> {
  using opened = new DisposableStack();
  let say = warn;
  const faults = new Faults(realSystem(), (line) => say(line));
  const system = withRetries(realSystem(), faults);
  collectOrphans(system);
  const small = opened.use(staySmall(system));
  const manager = opened.use(serviceManager(system));
  const log = await openLogOf(config, choice, system);
  say = (line) => log.logger.error("{line}", { event: "fault", line });
  opened.use(catchEverything(faults.met));
  opened.defer(() => log.close());
  const all = opened.move();
  const end = { [Symbol.dispose]: () => all.dispose() };
  return { log, system, faults, small, manager, ...end };
}

function serviceManager(system: System): SdNotify | undefined {
  return SdNotify.open({ system, env: (name) => Deno.env.get(name), pid: Deno.pid });
}

function openLogOf(
  { options: { logFile, logFormat, logTime, useSyslog } }: Config,
  { verbose = false, debug = false }: { verbose?: boolean; debug?: boolean },
  system: System,
): Promise<LogHandle> {
  return openLog({
    format: logFormat,
    time: logTime,
    syslog: useSyslog,
    verbose,
    debug,
    ...(logFile === undefined ? {} : { file: logFile }),
  }, system);
}
