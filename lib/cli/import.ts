/**
 * `knockd import`: a knockd.conf as knock.toml.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import { print, printError } from "./terminal.ts";

/** The subcommand. */
export function importCommand(): Command {
  return new Command("import")
    .description(
      "print a knockd.conf as a commented knock.toml that behaves the same; fwknop's access.conf, too, as far as it maps",
    )
    .argument("[config]", "the config to read", "/etc/knockd.conf")
    .addHelpText(
      "after",
      "\nExample: knockd import /etc/knockd.conf > knock.toml && knockd check knock.toml",
    )
    .action(importConfig) as unknown as Command;
}

/** What is unsafe is said beside its door, and on standard error. */
async function importConfig(path: string): Promise<void> {
  const fwknops = await importAccessConf(path);
  if (fwknops !== undefined) return print(fwknops.trimEnd());
  const { loadConfigOrThrow } = await import("../config/load.ts");
  const { formatProblem } = await import("../config/problems.ts");
  const { tomlOf } = await import("../setup/import/imported_config.ts");
  const { config, warnings } = await loadConfigOrThrow(path);
  if (path.endsWith(".toml")) {
    throw new UsageError(`${path} is TOML already`, `knockd check ${path} judges it`);
  }
  for (const warning of warnings) {
    printError(`knockd: warning: ${formatProblem(warning)}`);
  }
  print(tomlOf(config, warnings).trimEnd());
}

/** fwknop's access.conf as TOML, if that is what the file is. */
async function importAccessConf(path: string): Promise<string | undefined> {
  const { readSource } = await import("../files/source.ts");
  const source = readSource(path, { latin1: true });
  if (!("text" in source)) return undefined;
  const { isAccessConf, tomlOfAccessConf } = await import(
    "../setup/import/access_conf.ts"
  );
  return isAccessConf(source.text) ? tomlOfAccessConf(source.text, path) : undefined;
}
