/** `deno task build`: makes dist/knockd, tries it, and writes its SHA-256 beside it. */

import { VERSION } from "../lib/version.ts";
import { networkObstacle } from "../tests/e2e/net.ts";
import { run } from "../tests/e2e/process.ts";
import { compile, NoBaseRuntime, packSelfExtracting } from "./build/compile.ts";
import { realKnock } from "./build/real_knock.ts";
import { sha256 } from "./build/self_extracting.ts";

const USAGE = `usage: deno task build [--require-compile]

  --require-compile   fail rather than make the self-extracting form`;

const dist = new URL("../dist/", import.meta.url).pathname;
const executable = `${dist}knockd`;

/** Compiles, or packs where the base runtime cannot be had; says which. */
async function make(output: string, requireCompile: boolean): Promise<string> {
  try {
    await compile(output);
    return "compiled by deno compile";
  } catch (error) {
    if (!(error instanceof NoBaseRuntime) || requireCompile) throw error;
    console.log(`deno compile cannot have its base runtime: ${error.message}`);
  }
  await packSelfExtracting(output);
  return "self-extracting, with the Deno that built it inside";
}

async function tryOut(cache: string): Promise<void> {
  const env = { CACHE_DIRECTORY: cache, XDG_CACHE_HOME: cache };
  const { stdout } = await run([executable, "--version"], { env, timeout: 60_000 });
  if (!stdout.includes(VERSION)) throw new Error(`--version printed ${stdout}`);
  console.log(`runs: ${stdout.trim()}`);
  const obstacle = await networkObstacle();
  if (obstacle !== undefined) {
    console.log(`not tried: a real knock against it (${obstacle})`);
    return;
  }
  await realKnock(executable, env);
  console.log("opens: a real knock between two hosts ran the door's command");
}

async function build(args: readonly string[]): Promise<void> {
  await Deno.mkdir(dist, { recursive: true });
  // A daemon may be running the old file: it is replaced, never written to.
  const made = `${dist}.knockd.${crypto.randomUUID()}`;
  try {
    const form = await make(made, args.includes("--require-compile"));
    await Deno.rename(made, executable);
    const bytes = await Deno.readFile(executable);
    await Deno.writeTextFile(`${executable}.sha256`, `${await sha256(bytes)}  knockd\n`);
    const size = (bytes.length / 2 ** 20).toFixed(1);
    console.log(`made: dist/knockd, ${size} MiB, ${form}`);
  } catch (error) {
    await Deno.remove(made).catch(() => {});
    throw error;
  }
  const cache = await Deno.makeTempDir({ prefix: "knockd-build-" });
  try {
    await tryOut(cache);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

const unknown = Deno.args.filter((argument) => argument !== "--require-compile");
if (unknown.length > 0) {
  console.error(USAGE);
  Deno.exit(unknown[0] === "--help" ? 0 : 2);
}
try {
  await build(Deno.args);
} catch (error) {
  console.error(`build: error: ${(error as Error).message}`);
  Deno.exit(1);
}
