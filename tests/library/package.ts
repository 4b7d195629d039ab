/** The npm package as a program finds it, and the programs of its documentation. */

import { npmPackage } from "../../tools/pack/npm_package.ts";
import { run } from "../lab/process.ts";

/** A directory of a program that has installed the package. */
export interface Unpacked extends AsyncDisposable {
  readonly path: string;
  /** Where the library's files are. */
  readonly library: string;
}

/** Unpacks the package as npm would. */
export async function unpacked(made = npmPackage()): Promise<Unpacked> {
  const path = await Deno.makeTempDir({ prefix: "knockd-package-" });
  const home = `${path}/node_modules/knockd`;
  await Deno.mkdir(home, { recursive: true });
  await Deno.writeFile(`${path}/knockd.tgz`, await made);
  await run(["tar", "xzf", `${path}/knockd.tgz`, "-C", home, "--strip-components=1"]);
  const manifest = { type: "module", dependencies: { knockd: "*" } };
  await Deno.writeTextFile(`${path}/package.json`, JSON.stringify(manifest));
  await Deno.writeTextFile(`${path}/deno.json`, '{ "nodeModulesDir": "manual" }');
  return {
    path,
    library: `${home}/library`,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** The program of docs/library.md that calls this function. */
export async function programOf(word: string): Promise<string> {
  const page = await Deno.readTextFile(new URL("../../docs/library.md", import.meta.url));
  const programs = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text = ""]) =>
    text
  );
  const found = programs.find((text) => text.includes(`${word}(`));
  if (found === undefined) throw new Error(`docs/library.md has no program with ${word}`);
  return found;
}
