/** The files that a knock.toml names to be read: secrets, and what a fleet needs. */

import { parse } from "smol-toml";
import { orUndefined } from "../../core/or_undefined.ts";
import { readSource } from "../../files/source.ts";
import { besideConfig } from "../named_path.ts";

const KEYS = new Set(["secret_file", "password_file", "ca", "cert", "key"]);

/** Their paths, absolute; none of a config that can't be made sense of. */
export function filesNamedIn(configPath: string): string[] {
  const source = readSource(configPath);
  if (!configPath.endsWith(".toml") || !("text" in source)) return [];
  const tree = orUndefined(() => parse(source.text, { useLegacyDate: false }));
  return [...new Set(namedIn(tree))].map((file) => besideConfig(file, configPath));
}

function namedIn(tree: unknown): string[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" && KEYS.has(key) ? [value] : namedIn(value)
  );
}
