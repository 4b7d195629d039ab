/**
 * What is said of a line that begins with no name of a directive, or with one and no `=`.
 */

import type { Finding, Path } from "../problems.ts";
import { unknownKey } from "../unknown_key.ts";

/** The finding, with what was meant where that can be seen. */
export function unknownDirective(
  path: Path,
  name: string,
  known: readonly string[],
): Finding {
  const finding = unknownKey("directive", path, name, known);
  const [, word = "", rest = ""] = /^(\w+)\s*([\s:;#/].*)$/s.exec(name) ?? [];
  if (!known.includes(word)) return finding;
  const isComment = /^\s*(;|#|\/\/)/.test(rest);
  return {
    ...finding,
    hint: isComment ? "a comment stands on a line of its own" : "write = after the name",
  };
}
