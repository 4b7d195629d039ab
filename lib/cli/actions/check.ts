/** `knockd check`: is a config right, and what does it do? */

import type { Config } from "../../config/config.ts";
import type { Advice } from "../../config/judge/advice.ts";
import type { Problem } from "../../files/problem.ts";

import { ExitWith, print, printError, printJson } from "../terminal.ts";
import {
  FINDING_NAMES,
  type FindingName,
  isFindingName,
} from "../../config/finding_names.ts";
import { UsageError } from "../../core/failure.ts";
import { unknownFinding } from "../../config/unknown_finding.ts";
import { partIgnored } from "../../config/ignored_advice.ts";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problems.ts";
import { missingInterfaces } from "../../server/capture/present_interfaces.ts";
import { adviceOn } from "../../config/judge/door_advice.ts";
import { programAdvice } from "../../config/judge/programs.ts";
import { surroundingAdvice } from "../../doctor/surroundings.ts";
import { realMachine } from "../../doctor/machine.ts";
import { rulesetOf } from "./firewall/kernel_ruleset.ts";
import { explain } from "../../config/judge/explain.ts";
import { readSequenceFile } from "../../files/sequence_file.ts";
import { statOf } from "../../files/look.ts";
import { findingLines, type Findings } from "./finding_lines.ts";

interface CheckOptions {
  readonly ruleset?: true | undefined;
  readonly strict?: true | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly all?: true | undefined;
  readonly json?: true | undefined;
}

/** Warnings go to standard error, so that the explanation can be kept without them. */
export async function check(path: string, options: CheckOptions): Promise<void> {
  const ignore = findingNames(options.ignore ?? []);
  const { config, said, ignored } = await judge(path, options.ruleset ?? false, ignore);
  if (options.json) {
    printJson({ ...said, ignored });
    if (config === undefined) throw new ExitWith(2);
  } else {
    for (const line of findingLines(said)) printError(line);
    if (config === undefined) throw configError(said.problems);
    if (options.all) {
      for (const line of findingLines(ignored)) printError(`${line} (ignored)`);
    }
    show(config, ignored, options.ruleset ?? false);
  }
  const { length } = [...said.problems, ...said.advice];
  if (options.strict && length > 0) throw new ExitWith(1);
}

/** All that there is to say of a config, and what it wants to be silent about. */
async function judge(
  path: string,
  ruleset: boolean,
  ignore: readonly FindingName[],
): Promise<{
  readonly config: Config | undefined;
  readonly said: Findings;
  readonly ignored: Findings;
}> {
  const { config, problems, ignored } = await loadConfig(path);
  const all = [...problems, ...config === undefined ? [] : absent(config)];
  const warned = partIgnored(all, undefined, ignore);
  const given = config === undefined || ruleset ? [] : await adviceFor(config);
  const advice = partIgnored(given, config?.ignoredAdvice, ignore);
  return {
    config,
    said: { problems: warned.said, advice: advice.said },
    ignored: { problems: [...ignored, ...warned.ignored], advice: advice.ignored },
  };
}

function findingNames(words: readonly string[]): FindingName[] {
  return words.map((word) => {
    const name = word.trim();
    if (isFindingName(name)) return name;
    const { message, hint } = unknownFinding(name, FINDING_NAMES);
    throw new UsageError(`--ignore: ${message}`, hint);
  });
}

/** Interfaces that are not there now: the daemon waits for them. */
function absent({ path, options }: Config): Problem[] {
  if (options.interfaces.length === 0) return [];
  const { missing, present } = missingInterfaces(options.interfaces);
  return missing.map((name) => ({
    severity: "warning",
    name: "absent-interface",
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

function show(config: Config, ignored: Findings, ruleset: boolean): void {
  if (ruleset) return print(rulesetOf(config).trimEnd());
  const around = {
    sequencesLeft: (file: string) => readSequenceFile(file).unused.length,
    ignored: [...ignored.problems, ...ignored.advice],
  };
  for (const line of explain(config, around)) print(line);
}
