/** The library as files that any program takes: JavaScript, and its types. */

import { run } from "../../tests/lab/process.ts";
import type { TarFile } from "../build/tar.ts";
import { declarationsOf, functionsOf } from "./declarations.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The modules that deno.json exports, by the name that they are imported with. */
export const LIBRARY = {
  "./enrolment": "enrolment",
  "./packet": "packet",
  "./sequence": "sequence",
} as const;

/** Where the code of all modules is: what several need is in one place. */
const CODE = "code.js";

/** Its files, in the order of their names. */
export async function libraryFiles(): Promise<TarFile[]> {
  const files = await Promise.all(
    Object.values(LIBRARY).map(async (name) => {
      const module = await Deno.readTextFile(`${ROOT}lib/library/${name}.ts`);
      return [file(`${name}.d.ts`, declarationsOf(module)), scriptOf(name, module)];
    }),
  );
  return [file(CODE, await bundled()), ...files.flat()];
}

/** Node's programs find the types by package.json, Deno's by the first line. */
function scriptOf(name: string, module: string): TarFile {
  const types = `/* @ts-self-types="./${name}.d.ts" */`;
  const names = functionsOf(module).join(", ");
  return file(`${name}.js`, `${types}\nexport { ${names} } from "./${CODE}";\n`);
}

async function bundled(): Promise<string> {
  const flags = ["--quiet", "--platform", "browser", "--minify"];
  const argv = [Deno.execPath(), "bundle", ...flags, "tools/pack/all.ts"];
  return inLines((await run(argv, { cwd: ROOT, timeout: 120_000 })).stdout);
}

/** Node shows the line that an error comes from: in one line that were all of the code. */
function inLines(code: string): string {
  return code.replaceAll(/;(?=let |return |var )|[;}](?=(async )?function)/g, "$&\n");
}

function file(name: string, text: string): TarFile {
  return { name, bytes: new TextEncoder().encode(text), mode: 0o644 };
}
