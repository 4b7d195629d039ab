/** What to do where there is no config. */

import type { Problem } from "../files/problem.ts";
import { DEFAULT_CONFIG } from "./default_config.ts";
import { hasLegacyConfig, LEGACY_CONFIG } from "./legacy_config.ts";

/** What was meant by a path that no file has, or how a first config is made. */
function hintForMissing(path: string, hasLegacy: () => boolean): string {
  if (path === DEFAULT_CONFIG && hasLegacy()) {
    return `${LEGACY_CONFIG} is there: --config ${LEGACY_CONFIG}`;
  }
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path) ?? [];
  if (scheme?.toLowerCase() === "file") return "name the file without file://";
  if (/^otpauth$/i.test(scheme ?? "")) return "a client's line is for knockd profile add";
  if (scheme !== undefined) {
    return `this is an address, and knockd reads files: curl -fLO '${path}' fetches it`;
  }
  if (/^~[\w-]*\//.test(path)) {
    return "the shell leaves ~ as it is after = and within quotes: write the whole path";
  }
  if (/^["'\u2018-\u201f]/.test(path)) return "the quotes are part of the name here";
  return "knockd init makes a first one; --config names another";
}

/** The problem with a config that can't be read, and what to do about it. */
export function unreadableConfig(
  problem: Problem,
  hasLegacy: () => boolean = hasLegacyConfig,
): Problem {
  return /No such file|Not a directory/.test(problem.message)
    ? { hint: hintForMissing(problem.file, hasLegacy), ...problem }
    : problem;
}
