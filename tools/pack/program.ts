/** The program as files of the npm package: a script for node, and JavaScript for Deno. */

import { bundle, RUN_FLAGS } from "../build/compile.ts";
import type { TarFile } from "../build/tar.ts";

/** The script that npm makes a command of. */
export const COMMAND = "knockd.cjs";

/** Its files, in the order of their names. */
export async function programFiles(): Promise<TarFile[]> {
  const script = await Deno.readTextFile(new URL("run.cjs", import.meta.url));
  const text = script.replace("@FLAGS@", RUN_FLAGS.join(" "));
  const program = (await bundle({ minify: true })).toSorted((a, b) =>
    a.name < b.name ? -1 : 1
  );
  return [
    { name: COMMAND, bytes: new TextEncoder().encode(text), mode: 0o755 },
    ...program.map(({ name, bytes }) => ({
      name: `program/${name}`,
      bytes,
      mode: 0o644,
    })),
  ];
}
