/** What a config that can't be used still says of where its daemon is. */

import { readSource } from "../files/source.ts";
import type { Options } from "./config.ts";

/** Its absolute paths of the socket and the state directory, as far as they can be read. */
export function namedPlaces(path: string): Pick<Options, "control" | "stateDir"> {
  const source = readSource(path, { latin1: true });
  if (!("text" in source)) return {};
  const control = pathAfter("control", source.text);
  const stateDir = pathAfter("state_dir", source.text);
  return {
    ...control !== undefined && { control },
    ...stateDir !== undefined && { stateDir },
  };
}

function pathAfter(key: string, text: string): string | undefined {
  return new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(["'])(/[^"'\\\\\\n]*)\\1`, "m").exec(
    text,
  )
    ?.[2];
}
