/** Reading a config: the one way in. */

import type { Door } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import type { Config } from "./config.ts";
import type { Problem } from "../files/problem.ts";
import type { Draft, SyntaxProblem } from "./draft.ts";
import { unreadableConfig } from "./missing_config.ts";
import { partIgnored } from "./ignored_advice.ts";
import { lint } from "./judge/lint.ts";
import { otherFormat } from "./other_format.ts";
import { readSequenceFile } from "../files/sequence_file.ts";
import { repeatedLines } from "../files/sequence_lines.ts";
import {
  configError,
  type Finding,
  formatPath,
  hasErrors,
  inFileOrder,
} from "./problems.ts";
import { trustFindings } from "./trusted.ts";
import { exposure } from "../files/secret_mode.ts";
import { readSource, type Source } from "../files/source.ts";

/** Lines of a sequence file that are complained about at most. */
const MAX_FILE_PROBLEMS = 10;

/** A config, if it can be used, and all that is wrong with it. */
export interface Loaded {
  /** The config; missing if any of the problems is an error. */
  readonly config?: Config;
  /** Errors and warnings in the order of the file. */
  readonly problems: readonly Problem[];
  /** Warnings that the doors they are about ignore. */
  readonly ignored: readonly Problem[];
}

/**
 * Reads a config: TOML if the name ends in .toml, else a classic knockd.conf. Relative
 * paths in it are relative to the directory that it is in.
 */
export async function loadConfig(path: string): Promise<Loaded> {
  const source = readSource(path, { latin1: formatOf(path) === "classic" });
  if ("text" in source) return await loadSource(source);
  return { problems: [unreadableConfig(source)], ignored: [] };
}

/** Reads a config from a text that need not be on disk yet. */
export async function loadSource(source: Source): Promise<Loaded> {
  const { path } = source;
  const format = formatOf(path);
  const draft = await readDraft(source, format);
  const mistaken = await otherFormat(source.text, format, draft);
  if (mistaken !== undefined || !("doors" in draft)) {
    const wrong = mistaken ?? draft as SyntaxProblem;
    return { problems: [{ severity: "error", file: path, ...wrong }], ignored: [] };
  }
  const elsewhere: Problem[] = [];
  const secrets = openSecrets(draft, source);
  const findings = [
    ...draft.findings,
    ...lint(draft),
    ...secrets.length > 0 ? secrets : trustFindings(draft, source, format),
  ];
  for (const door of draft.doors) findings.push(...sequenceFile(door, elsewhere));
  if (findings.length === 0 && draft.doors.length === 0) {
    const message = "there is no door in it";
    findings.push({ severity: "warning", name: "no-door", path: [], message });
  }
  const inFile = inFileOrder(await located(findings, draft, path, format));
  const { options, fleet, doors, ignoredAdvice } = draft;
  const { said: problems, ignored } = partIgnored(
    [...inFile, ...elsewhere],
    ignoredAdvice,
  );
  if (hasErrors(problems)) return { problems, ignored };
  const config = {
    path,
    format,
    options,
    ...(fleet && { fleet }),
    doors,
    ...(ignoredAdvice && { ignoredAdvice }),
  };
  return { config, problems, ignored };
}

/** Reads a config, or throws the error that shows everything that is wrong with it. */
export async function loadConfigOrThrow(
  path: string,
): Promise<{ config: Config; warnings: readonly Problem[] }> {
  const { config, problems } = await loadConfig(path);
  if (config === undefined) throw configError(problems);
  return { config, warnings: problems };
}

function formatOf(path: string): Config["format"] {
  return path.endsWith(".toml") ? "toml" : "classic";
}

/** Each format is loaded only where it is read. */
async function readDraft(
  source: Source,
  format: Config["format"],
): Promise<Draft | SyntaxProblem> {
  if (format === "toml") {
    const { readToml } = await import("./toml/read.ts");
    return readToml(source.text, source.path);
  }
  const { readKnockdConf } = await import("./classic/read.ts");
  return readKnockdConf(source.text, source.path, source.latin1Lines);
}

async function located(
  findings: readonly Finding[],
  draft: Draft,
  file: string,
  format: Config["format"],
): Promise<Problem[]> {
  if (findings.length === 0) return [];
  const locate = await draft.locator(findings);
  // In the classic format a door is a section at the top.
  const bare = format === "classic";
  return findings.map((finding) => {
    const { severity, message, hint, name, path, subject = path } = finding;
    const shown = formatPath(bare && subject[0] === "doors" ? subject.slice(1) : subject);
    return {
      severity,
      file,
      ...locate(finding),
      message: shown === "" ? message : `${shown}: ${message}`,
      ...(hint !== undefined && { hint }),
      ...(name !== undefined && { name }),
      ...(path[0] === "doors" && typeof path[1] === "string" && { door: path[1] }),
    };
  });
}

function openSecrets(draft: Draft, source: Source): Finding[] {
  const exposed = draft.secretAt && exposure(source);
  if (!draft.secretAt || !exposed) return [];
  return [{ severity: "error", path: draft.secretAt, atKey: true, ...exposed }];
}

function sequenceFile(door: Door, elsewhere: Problem[]): Finding[] {
  if (door.key.kind !== "file") return [];
  const path = ["doors", door.name, "one_time_sequences"];
  try {
    const list = readSequenceFile(door.key.path);
    const file = door.key.path;
    const wrong = {
      "unread-sequence": list.problems,
      "repeated-sequence": repeatedLines(list),
    };
    for (const [name, found] of Object.entries(wrong)) {
      for (const problem of found.slice(0, MAX_FILE_PROBLEMS)) {
        elsewhere.push({ severity: "warning", file, ...problem, name, door: door.name });
      }
    }
    if (list.unused.length > 0) return [];
    const message = "no sequence is left; this door stays shut";
    const hint = `add lines to ${file}`;
    return [{ severity: "warning", name: "no-sequence-left", path, message, hint }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ severity: "error", path, message: error.message }];
  }
}
