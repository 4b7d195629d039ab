/** `knockd service`: files for service managers. */

import { absolutePath } from "../../files/path.ts";
import { UsageError } from "../../core/failure.ts";
import { installService } from "./service/install_service.ts";
import { FILES } from "./service/service_files.ts";
import { print, printError } from "../terminal.ts";

interface ServiceOptions {
  readonly config: string;
  readonly install?: true | undefined;
  readonly force?: true | undefined;
}

/** Prints a file for a service manager, or puts it where it belongs. */
export async function service(kind: string, options: ServiceOptions): Promise<void> {
  const { install, force = false } = options;
  if (!Object.hasOwn(FILES, kind)) {
    throw new UsageError(
      `there is no service file for ${JSON.stringify(kind.slice(0, 40))}`,
      "knockd service systemd, guard, openrc, openrc-guard, sysv, sysv-guard or container",
    );
  }
  if (force && !install) throw new UsageError("--force needs --install");
  const config = absolutePath(options.config);
  if (install) return await showInstalled(kind, config, force);
  const { text, beside } = await FILES[kind]!(config);
  print(text.trimEnd());
  if (beside !== undefined) printError(`\n# ${beside.why}`);
}

async function showInstalled(
  kind: string,
  config: string,
  replace: boolean,
): Promise<void> {
  const { files, next } = await installService(kind, config, replace);
  for (const { path, isNew, warnings } of files) {
    print(isNew ? `installed ${path}` : `${path} is there already`);
    for (const line of warnings) printError(`knockd: warning: ${line}`);
  }
  for (const line of next) print(`    ${line}`);
}
