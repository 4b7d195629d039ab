/** The config as the command line changes it. */

import { defined } from "../core/defined.ts";
import { UsageError } from "../core/failure.ts";
import { type Config, DEFAULT_PID_FILE } from "../config/config.ts";
import { interfaceProblem } from "../config/interface_name.ts";
import { loadConfigOrThrow } from "../config/load.ts";
import {
  type Instance,
  type InstancePaths,
  instancePaths,
  nameOf,
  settled,
} from "../config/instance.ts";
import { formatProblem } from "../config/problems.ts";
import { refuseForbiddenCommands } from "./commands/may_run.ts";

/** What a command line says of a config. */
export interface ConfigOptions extends Instance {
  /** Whether the daemon goes into the background, and so needs a PID file. */
  readonly daemon?: true;
  readonly pidfile?: string;
  readonly logfile?: string;
}

/** Reads a config, each warning told; throws a UsageError if it is wrong. */
export type ConfigReader = (onWarning: (line: string) => void) => Promise<Config>;

/** A reader that finds the file also once the daemon has left its directory. */
export function configReader(options: ConfigOptions): ConfigReader {
  const instance = settled(options);
  const name = nameOf(instance);
  const path = options.daemon ? instance.config : options.config;
  return async (onWarning) => {
    const { config, warnings } = await loadConfigOrThrow(path);
    refuseForbiddenCommands(config);
    for (const warning of warnings) {
      if (warning.severity === "warning") onWarning(formatProblem(warning));
    }
    return changed(config, options, instancePaths(config.options, instance, await name));
  };
}

function changed(
  config: Config,
  said: ConfigOptions,
  { stateDir, control }: InstancePaths,
): Config {
  const pidFile = said.pidfile ?? config.options.pidFile ??
    (said.daemon ? DEFAULT_PID_FILE : undefined);
  const logFile = said.logfile ?? config.options.logFile;
  checkInterface(said.interface);
  return {
    ...config,
    options: {
      ...config.options,
      ...(said.interface === undefined ? {} : { interfaces: [said.interface] }),
      ...defined({ pidFile, logFile, stateDir, control }),
    },
  };
}

function checkInterface(name: string | undefined): void {
  const problem = name === undefined ? undefined : interfaceProblem(
    name,
    () => "-i any listens on all of them; the config can name several",
  );
  if (problem === undefined) return;
  throw new UsageError(`-i ${JSON.stringify(name)}: ${problem.message}`, problem.hint);
}
