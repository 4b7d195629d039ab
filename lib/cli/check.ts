/**
 * `knockd check`: is a config right, and what does it do?
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { print, printError } from "./terminal.ts";

/** The subcommand. */
export function checkCommand() {
  return new Command("check")
    .description("validate, judge and explain a config; needs no root")
    .option("-c, --config <file>", "the config", "/etc/knockd/knock.toml")
    .option("--ruleset", "print what the kernel is told of doors with open, alone")
    .action(async ({ config, ruleset }) => await check(config, ruleset ?? false));
}

/** Warnings go to standard error, so that the explanation can be kept without them. */
async function check(path: string, ruleset: boolean): Promise<void> {
  const { loadConfig } = await import("../config/load.ts");
  const { configError, formatProblem } = await import("../config/problems.ts");
  const { config, problems } = await loadConfig(path);
  for (const problem of problems) {
    if (problem.severity === "warning") {
      printError(`knockd: warning: ${formatProblem(problem)}`);
    }
  }
  if (config === undefined) throw configError(problems);
  if (ruleset) {
    const { rulesetOf } = await import("./kernel_ruleset.ts");
    return print(rulesetOf(config).trimEnd());
  }
  const { explain } = await import("../config/judge/explain.ts");
  const { readSequenceFile } = await import("../files/sequence_file.ts");
  const sequencesLeft = (file: string) => readSequenceFile(file).unused.length;
  for (const line of explain(config, { sequencesLeft })) print(line);
}
