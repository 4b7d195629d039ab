/** `knockd check`: is a config right, and what does it do? */

import type { Config } from "../../config/config.ts";
import type { Advice } from "../../config/judge/advice.ts";
import { escapeControls } from "../../core/printable.ts";
import type { Problem } from "../../files/problem.ts";

import { ExitWith, print, printError } from "../terminal.ts";
import { loadConfig } from "../../config/load.ts";
import { configError, formatProblem } from "../../config/problems.ts";
import { missingInterfaces } from "../../server/capture/present_interfaces.ts";
import { adviceOn } from "../../config/judge/door_advice.ts";
import { programAdvice } from "../../config/judge/programs.ts";
import { surroundingAdvice } from "../../doctor/surroundings.ts";
import { realMachine } from "../../doctor/machine.ts";
import { rulesetOf } from "./kernel_ruleset.ts";
import { explain } from "../../config/judge/explain.ts";
import { readSequenceFile } from "../../files/sequence_file.ts";
import { statOf } from "../../files/look.ts";

interface CheckOptions {
  readonly ruleset?: true | undefined;
  readonly strict?: true | undefined;
  readonly json?: true | undefined;
}

/** Warnings go to standard error, so that the explanation can be kept without them. */
export async function check(path: string, options: CheckOptions): Promise<void> {
  const { config, problems: found } = await loadConfig(path);
  const problems = [...found, ...config === undefined ? [] : absent(config)];
  const advice = config === undefined || options.ruleset ? [] : await adviceFor(config);
  if (options.json) {
    print(JSON.stringify({ problems, advice }, undefined, 2));
    if (config === undefined) throw new ExitWith(2);
  } else {
    warn(problems, advice);
    if (config === undefined) throw configError(problems);
    show(config, options.ruleset ?? false);
  }
  if (options.strict && problems.length + advice.length > 0) throw new ExitWith(1);
}

/** Interfaces that are not there now: the daemon waits for them. */
function absent({ path, options }: Config): Problem[] {
  if (options.interfaces.length === 0) return [];
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
  const { doors } = config;
  return [
    ...adviceOn(doors),
    ...programAdvice(doors, statOf),
    ...await surroundingAdvice(realMachine(), config),
  ];
}

function warn(problems: readonly Problem[], advice: readonly Advice[]) {
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

function show(config: Config, ruleset: boolean): void {
  if (ruleset) return print(rulesetOf(config).trimEnd());
  const sequencesLeft = (file: string) => readSequenceFile(file).unused.length;
  for (const line of explain(config, { sequencesLeft })) print(line);
}
