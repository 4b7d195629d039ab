/**
 * Fewer files for a start to read.
 *
 * The bundler makes a file of every few modules that the same imports need: a start would read
 * sixty. What is always read together becomes one here.
 */

import { type ModuleInfo, rollup } from "rollup";

/** What most starts come to: a daemon, its config, the command line, a knock. */
const STARTS = [
  "lib/server/serve.ts",
  "lib/config/toml/read.ts",
  "lib/cli/program.ts",
  "lib/cli/actions/knock.ts",
];

/** A module by its path, and what of it is asked here. */
type Modules = (id: string) => Pick<ModuleInfo, "importedIds"> | null;

/** Writes the program of a directory, joined, into another one. */
export async function join(from: string, to: string): Promise<void> {
  const main = await Deno.realPath(`${from}/main.js`);
  await using bundle = await rollup({
    input: main,
    external: /^node:/,
    treeshake: false,
    onwarn: ({ message }) => console.error(`build: warning: ${message}`),
  });
  const starts = await startsAmong(bundle.watchFiles);
  let parts: ReadonlyMap<string, string> | undefined;
  await bundle.write({
    dir: to,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    manualChunks(id, { getModuleInfo }) {
      parts ??= partsOf(main, starts, getModuleInfo);
      return parts.get(id);
    },
  });
}

/** The files that hold what most starts come to. */
async function startsAmong(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  return STARTS.map((start) => {
    const found = files[texts.findIndex((text) => text.includes(`\n// ${start}\n`))];
    if (found === undefined) throw new Error(`${start} is in no file of the bundle`);
    return found;
  });
}

/**
 * The part that each file goes into: what main.js needs, or the same of the starts. It stays
 * alone itself: what it waits for could not import from it.
 */
function partsOf(
  main: string,
  starts: readonly string[],
  modules: Modules,
): ReadonlyMap<string, string> {
  const always = neededBy(main, modules);
  const needs = starts.map((start) => neededBy(start, modules));
  const parts = new Map([...always].map((id) => [id, "always"]));
  parts.delete(main);
  for (const id of new Set(needs.flatMap((files) => [...files]))) {
    if (always.has(id)) continue;
    const some = needs.flatMap((files, i) => files.has(id) ? [i + 1] : []);
    parts.set(id, `start-${some.join("")}`);
  }
  return parts;
}

/** A file and all that it cannot do without. */
function neededBy(id: string, modules: Modules): Set<string> {
  const found = new Set([id]);
  for (const each of found) {
    for (const needed of modules(each)?.importedIds ?? []) {
      if (!needed.startsWith("node:")) found.add(needed);
    }
  }
  return found;
}
