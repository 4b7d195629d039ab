/** The npm package: the program, and a library for programs that knock. */

import { gzipSync } from "node:zlib";
import deno from "../../deno.json" with { type: "json" };
import { tar, type TarFile } from "../build/tar.ts";
import { libraries, licences } from "../release/libraries.ts";
import { RUNTIME_VERSION } from "../release/runtime.ts";
import { LIBRARY, libraryFiles } from "./library.ts";
import { COMMAND, programFiles } from "./program.ts";

const ROOT = new URL("../../", import.meta.url);

/** The package's file name. */
export const PACKAGE_NAME = `${deno.name}-${deno.version}.tgz`;

/** The package's bytes, the same for the same sources. */
export async function npmPackage(): Promise<Uint8Array<ArrayBuffer>> {
  const files = [
    text("package.json", JSON.stringify(manifest(), undefined, 2) + "\n"),
    text("README.md", await Deno.readTextFile(new URL("docs/library.md", ROOT))),
    text("LICENSE", await Deno.readTextFile(new URL("LICENSE", ROOT))),
    text("third-party.txt", licences(await libraries())),
    ...(await libraryFiles()).map((file) => ({ ...file, name: `library/${file.name}` })),
    ...await programFiles(),
  ];
  const archive = await tar(files.map((file) => ({ ...file, name: inside(file) })));
  return Uint8Array.from(gzipSync(archive, { level: 9 }));
}

function manifest() {
  return {
    name: deno.name,
    version: deno.version,
    description: "Port knocks that work once: the program, and a library for any other",
    license: deno.license,
    type: "module",
    sideEffects: false,
    bin: { [deno.name]: COMMAND },
    // For the command; the library does without it.
    optionalDependencies: { deno: RUNTIME_VERSION },
    engines: { node: ">=20" },
    exports: Object.fromEntries(
      Object.entries(LIBRARY).map(([name, module]) => [
        name,
        { types: `./library/${module}.d.ts`, default: `./library/${module}.js` },
      ]),
    ),
  };
}

/** npm's packages have one directory, called so. */
function inside({ name }: TarFile): string {
  return `package/${name}`;
}

function text(name: string, content: string): TarFile {
  return { name, bytes: new TextEncoder().encode(content), mode: 0o644 };
}
