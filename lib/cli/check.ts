/**
 * `knockd check`: is a config right, and what does it do?
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { Config } from "../config/config.ts";
import type { Advice } from "../config/judge/advice.ts";
import { escapeControls } from "../core/printable.ts";
import type { Problem } from "../files/problem.ts";

import { ExitWith, print, printError } from "./terminal.ts";

interface CheckOptions {
  readonly config?: string | undefined;
  readonly ruleset?: true | undefined;
  readonly strict?: true | undefined;
  readonly json?: true | undefined;
}

/** The subcommand. */
export function checkCommand(): Command {
  return new Command("check")
    .description("validate, judge and explain a config; needs no root")
    .argument("[config]", "the config", "/etc/knockd/knock.toml")
    .option("-c, --config <file>", "the config, too")
    .option("--ruleset", "print what the kernel is told of doors with open, alone")
    .option("--strict", "fail where there is any warning or advice")
    .option("--json", "print what is wrong and unwise as JSON, and nothing else")
    .addHelpText("after", "\nExample: knockd check --strict /etc/knockd/knock.toml")
    .action(async (path, options) =>
      await check(options.config ?? path, options)
    ) as unknown as Command;
}

/** Warnings go to standard error, so that the explanation can be kept without them. */
async function check(path: string, options: CheckOptions): Promise<void> {
  const { loadConfig } = await import("../config/load.ts");
  const { configError } = await import("../config/problems.ts");
  const { config, problems: found } = await loadConfig(path);
  const problems = [...found, ...config === undefined ? [] : await absent(config)];
  const advice = config === undefined || options.ruleset ? [] : await adviceFor(config);
  if (options.json) {
    print(JSON.stringify({ problems, advice }, undefined, 2));
    if (config === undefined) throw new ExitWith(2);
  } else {
    await warn(problems, advice);
    if (config === undefined) throw configError(problems);
    await show(config, options.ruleset ?? false);
  }
  if (options.strict && problems.length + advice.length > 0) throw new ExitWith(1);
}

/** Interfaces that are not there now: the daemon waits for them. */
async function absent({ path, options }: Config): Promise<Problem[]> {
  if (options.interfaces.length === 0) return [];
  const { missingInterfaces } = await import("../server/capture/present_interfaces.ts");
  const { missing, present } = missingInterfaces(options.interfaces);
  return missing.map((name) => ({
    severity: "warning",
    file: path,
    line: 0,
    column: 0,
    message: `there is no interface ${name} now; the daemon waits for it`,
    hint: `there are ${present.join(", ")}`,
  }));
}

async function adviceFor(config: Config): Promise<Advice[]> {
  const { adviceOn } = await import("../config/judge/door_advice.ts");
  const { programAdvice } = await import("../config/judge/programs.ts");
  const { surroundingAdvice } = await import("../doctor/surroundings.ts");
  const { realMachine } = await import("../doctor/machine.ts");
  const { doors } = config;
  return [
    ...adviceOn(doors),
    ...programAdvice(doors, lookAt),
    ...await surroundingAdvice(realMachine(), config),
  ];
}

function lookAt(path: string) {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

async function warn(problems: readonly Problem[], advice: readonly Advice[]) {
  const { formatProblem } = await import("../config/problems.ts");
  for (const problem of problems) {
    if (problem.severity === "warning") {
      printError(`knockd: warning: ${formatProblem(problem)}`);
    }
  }
  for (const { name, severity, door, message, hint } of advice) {
    const kind = severity === "unsafe" ? "unsafe: " : "";
    const line = `knockd: advice: ${kind}${door}: ${message} (${hint}) [${name}]`;
    printError(escapeControls(line));
  }
}

async function show(config: Config, ruleset: boolean): Promise<void> {
  if (ruleset) {
    const { rulesetOf } = await import("./kernel_ruleset.ts");
    return print(rulesetOf(config).trimEnd());
  }
  const { explain } = await import("../config/judge/explain.ts");
  const { readSequenceFile } = await import("../files/sequence_file.ts");
  const sequencesLeft = (file: string) => readSequenceFile(file).unused.length;
  for (const line of explain(config, { sequencesLeft })) print(line);
}
