/**
 * Changing a knock.toml in place: by one process at a time, and never to one that the
 * daemon would refuse.
 */

import { UsageError } from "../../core/failure.ts";
import { replaceText, whileLocked } from "../../files/durable.ts";
import { loadSource } from "../load.ts";
import { unreadableConfig } from "../missing_config.ts";
import { configError } from "../problems.ts";
import { readSource, type Source } from "../../files/source.ts";

/** Does something with a config that nobody else edits meanwhile. */
export async function whileEditing<T>(
  path: string,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  if (!path.endsWith(".toml")) {
    throw new UsageError(
      `${path}: clients are known in the TOML format only, in a file named *.toml`,
      `knockd import ${path} > knock.toml makes one of a knockd.conf; name it by --config`,
    );
  }
  // What is wrong with the path is said better by this than by a lock.
  readOrThrow(path);
  return await whileLocked(path, () => work(readOrThrow(path)));
}

/** Puts a text in the place of a config's, if it is a valid config. */
export async function replaceConfig(source: Source, text: string): Promise<void> {
  const { config, problems } = await loadSource({ ...source, text });
  if (config === undefined) throw configError(problems);
  replaceText(source.path, source.text, text);
}

function readOrThrow(path: string): Source {
  const source = readSource(path);
  if ("text" in source) return source;
  throw configError([unreadableConfig(source)]);
}
