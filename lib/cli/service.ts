/**
 * `knockd service`: files for service managers.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import type { ServiceFile } from "./service_files.ts";
import { print, printError } from "./terminal.ts";

interface ServiceOptions {
  readonly config: string;
  readonly install?: true | undefined;
  readonly force?: true | undefined;
}

/** The subcommand. */
export function serviceCommand(): Command {
  return new Command("service")
    .description("print, or install, what runs the daemon as a service")
    .argument("[kind]", "systemd, guard, openrc, sysv or container", "systemd")
    .option("-c, --config <file>", "the config", "/etc/knockd/knock.toml")
    .option("--install", "put it where it belongs")
    .option("--force", "replace a file that is there and differs")
    .addHelpText("after", "\nExample: knockd service --install")
    .action(service) as unknown as Command;
}

async function service(kind: string, options: ServiceOptions): Promise<void> {
  const { install, force } = options;
  if (kind === "runtime" && install) return await installProgram();
  const { FILES } = await import("./service_files.ts");
  const make = Object.hasOwn(FILES, kind) ? FILES[kind] : undefined;
  if (make === undefined) {
    throw new UsageError(
      `there is no service file for ${JSON.stringify(kind.slice(0, 40))}`,
      "knockd service systemd, guard, openrc, sysv or container",
    );
  }
  if (force && !install) throw new UsageError("--force needs --install");
  const config = options.config.startsWith("/")
    ? options.config
    : `${Deno.cwd()}/${options.config}`;
  const file = await make(config);
  if (!install) {
    print(file.text.trimEnd());
    if (file.beside !== undefined) printError(`\n# ${file.beside.why}`);
    return;
  }
  if (file.place === undefined) {
    throw new UsageError(
      `there is no place to install it for ${kind}`,
      `knockd service ${kind} > Containerfile`,
    );
  }
  if (file.beside !== undefined) {
    await put(await FILES[file.beside.kind]!(config), force ?? false);
  }
  await put(file, force ?? false);
  for (const line of file.place.next) print(`    ${line}`);
}

/** Puts the units of a config's daemon where they belong, and says what was done. */
export async function installUnits(config: string): Promise<void> {
  await service("systemd", { config, install: true });
}

/** What the unit of a daemon without root calls before each start. */
async function installProgram(): Promise<void> {
  const { installRuntime } = await import("./service_runtime.ts");
  await installRuntime();
}

async function put({ text, place, prepare }: ServiceFile, replace: boolean) {
  if (place === undefined) return;
  const { refuseToInstall, installFile } = await import("./install.ts");
  const file = { ...place, text, replace };
  refuseToInstall(file);
  await prepare?.();
  const installed = installFile(file);
  print(installed ? `installed ${place.path}` : `${place.path} is there already`);
  if (!place.path.endsWith(".service")) return;
  const { dropInWarnings } = await import("./drop_ins.ts");
  for (const line of dropInWarnings(place.path.split("/").at(-1)!, text)) {
    printError(`knockd: warning: ${line}`);
  }
}
