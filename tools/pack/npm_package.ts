/** The npm package: a library for programs that knock. */

import deno from "../../deno.json" with { type: "json" };
import { tar, type TarFile } from "../build/tar.ts";
import { LIBRARY, libraryFiles } from "./library.ts";

const ROOT = new URL("../../", import.meta.url);

/** The package's file name. */
export const PACKAGE_NAME = `${deno.name}-${deno.version}.tgz`;

/** The package's bytes, the same for the same sources. */
export async function npmPackage(): Promise<Uint8Array<ArrayBuffer>> {
  const files = [
    text("package.json", JSON.stringify(manifest(), undefined, 2) + "\n"),
    text("README.md", await Deno.readTextFile(new URL("docs/library.md", ROOT))),
    text("LICENSE", await Deno.readTextFile(new URL("LICENSE", ROOT))),
    ...(await libraryFiles()).map((file) => ({ ...file, name: `library/${file.name}` })),
  ];
  return await gzip(await tar(files.map((file) => ({ ...file, name: inside(file) }))));
}

function manifest() {
  return {
    name: deno.name,
    version: deno.version,
    description: "One-time port knocks from a secret and the time, for any program",
    license: deno.license,
    type: "module",
    sideEffects: false,
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

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
