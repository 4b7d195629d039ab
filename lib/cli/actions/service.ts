/** `knockd service`: files for service managers. */

import { absolutePath } from "../../files/path.ts";
import { UsageError } from "../../core/failure.ts";
import { dropInWarnings } from "./drop_ins.ts";
import { installFile, refuseToInstall } from "./install.ts";
import { FILES, type ServiceFile } from "./service_files.ts";
import { print, printError } from "../terminal.ts";

interface ServiceOptions {
  readonly config: string;
  readonly install?: true | undefined;
  readonly force?: true | undefined;
}

/** Prints a file for a service manager, or puts it where it belongs. */
export async function service(kind: string, options: ServiceOptions): Promise<void> {
  const { install, force = false } = options;
  const make = Object.hasOwn(FILES, kind) ? FILES[kind] : undefined;
  if (make === undefined) {
    throw new UsageError(
      `there is no service file for ${JSON.stringify(kind.slice(0, 40))}`,
      "knockd service systemd, guard, openrc, sysv or container",
    );
  }
  if (force && !install) throw new UsageError("--force needs --install");
  const config = absolutePath(options.config);
  const file = await make(config);
  if (install) return await installFiles(kind, config, file, force);
  print(file.text.trimEnd());
  if (file.beside !== undefined) printError(`\n# ${file.beside.why}`);
}

async function installFiles(
  kind: string,
  config: string,
  file: ServiceFile,
  replace: boolean,
): Promise<void> {
  if (file.place === undefined) {
    throw new UsageError(
      `there is no place to install it for ${kind}`,
      `knockd service ${kind} > Containerfile`,
    );
  }
  if (file.beside !== undefined) {
    await put(await FILES[file.beside.kind]!(config), replace);
  }
  await put(file, replace);
  for (const line of file.place.next) print(`    ${line}`);
}

/** Puts the units of a config's daemon where they belong, and says what was done. */
export async function installUnits(config: string): Promise<void> {
  await service("systemd", { config, install: true });
}

async function put({ text, place, prepare }: ServiceFile, replace: boolean) {
  if (place === undefined) return;
  const file = { ...place, text, replace };
  refuseToInstall(file);
  await prepare?.();
  const installed = installFile(file);
  print(installed ? `installed ${place.path}` : `${place.path} is there already`);
  if (!place.path.endsWith(".service")) return;
  for (const line of dropInWarnings(place.path.split("/").at(-1)!, text)) {
    printError(`knockd: warning: ${line}`);
  }
}
