/** The two ways to make one executable of the program. */

import { Process, run } from "../../tests/lab/process.ts";
import { VERSION } from "../../lib/version.ts";
import { PERMISSIONS, V8_FLAGS } from "../permissions.ts";
import { join } from "./join.ts";
import { withSameNames, withVersion } from "./same_names.ts";
import { selfExtracting } from "./self_extracting.ts";
import type { TarFile } from "./tar.ts";
import { withoutNode } from "./without_node.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const MAIN = `${ROOT}main.ts`;
const BASE_RUNTIME_HOST = "https://dl.deno.land/";

/** A Deno, and what it was built for. */
export interface Runtime {
  readonly path: string;
  readonly target: string;
}

/** `deno compile` could not download the runtime it builds upon. */
export class NoBaseRuntime extends Error {}

/** Makes `output` by `deno compile`, for this machine or for another. */
export async function compile(output: string, target?: string): Promise<void> {
  // Without this flag the executable loads bytecode from a predictable place in $TMPDIR.
  const flags = ["--no-check", NO_CODE_CACHE, V8_FLAGS, ...PERMISSIONS];
  if (target !== undefined) flags.push("--target", target);
  const argv = [Deno.execPath(), "compile", ...flags, "--output", output, MAIN];
  const compiler = new Process(argv);
  // Where a firewall swallows packets, deno itself would try for a quarter of an hour.
  const isThere = await answers(BASE_RUNTIME_HOST);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    compiler.kill("SIGKILL");
  }, isThere ? 600_000 : 30_000);
  const code = await compiler.wait();
  clearTimeout(timer);
  if (code === 0) return;
  if (late && !isThere) {
    throw new NoBaseRuntime(`no answer from ${BASE_RUNTIME_HOST} for its base runtime`);
  }
  const reason = baseRuntimeFailure(compiler.stderr);
  if (reason !== undefined) {
    throw new NoBaseRuntime(`deno compile cannot have its base runtime: ${reason}`);
  }
  throw new Error(`deno compile failed:\n${compiler.stderr}`);
}

/** Why the download of the base runtime failed, if that is what `deno compile` says. */
export function baseRuntimeFailure(stderr: string): string | undefined {
  const refused = stderr.match(/Setting up base binary\.\n\s+1: (.*\bdenort-.*)/)?.[1];
  const silent = stderr.match(/Download (https:\S*\/denort-\S*)\s*$/)?.[1];
  return refused ?? (silent && `no answer for ${silent}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Code that Deno has compiled and kept runs unread: where anybody could have put it. */
const NO_CODE_CACHE = "--no-code-cache";

/** What `deno run` is told when it runs the program's JavaScript. */
export const RUN_FLAGS: readonly string[] = [
  ...["--quiet", "--no-config", "--no-lock", "--no-npm", "--no-remote"],
  ...["--cached-only", NO_CODE_CACHE, V8_FLAGS],
  ...PERMISSIONS,
];

/** Makes the file that brings a Deno along, the one running now if no other is said. */
export async function packSelfExtracting(
  output: string,
  { path, target }: Runtime = { path: Deno.execPath(), target: Deno.build.target },
  program?: readonly TarFile[],
): Promise<void> {
  const bytes = await selfExtracting({
    runtime: await Deno.readFile(path),
    runtimeVersion: Deno.version.deno,
    target,
    program: program ?? await bundle(),
    programVersion: VERSION,
    // The header has seen to it that where it is kept is the user's alone: to compile it
    // anew takes a fifth of every start.
    flags: RUN_FLAGS.filter((flag) => flag !== NO_CODE_CACHE),
  });
  await Deno.writeFile(output, bytes, { mode: 0o755 });
}

/**
 * The program and its packages as JavaScript files. What it loads when needed stays in
 * files of its own: in one file, every start would import all that any command needs.
 */
export async function bundle({ minify = false } = {}): Promise<TarFile[]> {
  const scratch = await Deno.makeTempDir({ prefix: "knockd-bundle-" });
  try {
    const split = `${scratch}/split`;
    const joined = `${scratch}/joined`;
    const smaller = `${scratch}/smaller`;
    await bundleInto(split, MAIN);
    await rewrite(split, (text) => withoutNode(withoutBuildPaths(text)));
    await nameAnew(split);
    await join(split, joined);
    if (minify) {
      await bundleInto(smaller, `${joined}/main.js`, "--minify");
      await nameAnew(smaller);
    }
    const made = minify ? smaller : joined;
    await rewrite(made, readWhenNeeded);
    return await withVersion(await filesOf(made));
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function bundleInto(directory: string, main: string, ...how: string[]) {
  const flags = ["--quiet", "--code-splitting", ...how, "--outdir", directory];
  const argv = [Deno.execPath(), "bundle", ...flags, main];
  await run(argv, { cwd: ROOT, timeout: 120_000 });
}

async function rewrite(directory: string, change: (text: string) => string) {
  for await (const { name } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
  }
}

/** What joins files names things by the files they come from. */
async function nameAnew(directory: string): Promise<void> {
  const files = withSameNames(await filesOf(directory));
  await Deno.remove(directory, { recursive: true });
  await Deno.mkdir(directory);
  for (const { name, bytes } of files) {
    await Deno.writeFile(`${directory}/${name}`, bytes);
  }
}

function filesOf(directory: string): Promise<TarFile[]> {
  const read = async ({ name }: Deno.DirEntry) => ({
    name,
    bytes: await Deno.readFile(`${directory}/${name}`),
  });
  return Promise.all(Deno.readDirSync(directory).map(read));
}

/**
 * Deno reads and parses, at each start, every file that an import names by a plain text,
 * also those that this start never comes to: a sixth of the time of `--help`.
 */
export function readWhenNeeded(text: string): string {
  return text.replaceAll(/\bimport\((["'])(\.\/[^"'\n]+)\1\)/g, 'import(String("$2"))');
}

/** The same text wherever it was made: names of modules hold the way to Deno's cache. */
function withoutBuildPaths(text: string): string {
  return text.replaceAll(/(?:\.\.\/)*[^\s"'`]*?\/npm\/[^\/\s"'`]+\//g, "npm/");
}
