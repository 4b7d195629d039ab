/** The two ways to make one executable of the program. */

import { run } from "../../tests/e2e/process.ts";
import { VERSION } from "../../lib/version.ts";
import { PERMISSIONS } from "../permissions.ts";
import { selfExtracting } from "./self_extracting.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** `deno compile` could not download the runtime it builds upon. */
export class NoBaseRuntime extends Error {}

/** Makes `output` by `deno compile`. */
export async function compile(output: string): Promise<void> {
  // Without this flag the executable loads bytecode from a predictable place in $TMPDIR.
  const flags = ["--quiet", "--no-code-cache", ...PERMISSIONS];
  const argv = [Deno.execPath(), "compile", ...flags, "--output", output, MAIN];
  const { code, stderr } = await run(argv, { check: false, timeout: 600_000 });
  if (code === 0) return;
  const reason = baseRuntimeFailure(stderr);
  if (reason !== undefined) {
    throw new NoBaseRuntime(`deno compile cannot have its base runtime: ${reason}`);
  }
  throw new Error(`deno compile failed:\n${stderr}`);
}

/** Why the download of the base runtime failed, if that is what `deno compile` says. */
export function baseRuntimeFailure(stderr: string): string | undefined {
  return stderr.match(/Setting up base binary\.\n\s+1: (.*\bdenort-.*)/)?.[1];
}

/** Makes the file that brings the Deno running now along. */
export async function packSelfExtracting(output: string): Promise<void> {
  const bytes = await selfExtracting({
    runtime: await Deno.readFile(Deno.execPath()),
    runtimeVersion: Deno.version.deno,
    target: Deno.build.target,
    program: await bundle(),
    programVersion: VERSION,
    flags: [
      ...["--quiet", "--no-config", "--no-lock", "--no-npm", "--no-remote"],
      ...["--cached-only", "--no-code-cache"],
      ...PERMISSIONS,
    ],
  });
  await Deno.writeFile(output, bytes, { mode: 0o755 });
}

/** The program and its packages as one JavaScript file, the same wherever it is made. */
async function bundle(): Promise<Uint8Array<ArrayBuffer>> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-bundle-" });
  try {
    const output = `${directory}/knockd.js`;
    await run([Deno.execPath(), "bundle", "--quiet", "--output", output, MAIN], {
      timeout: 120_000,
    });
    const text = await Deno.readTextFile(output);
    const packagePath = /(?:\.\.\/)*[^\s"'`]*?\/npm\/registry\.npmjs\.org\//g;
    return new TextEncoder().encode(text.replaceAll(packagePath, "npm/"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
