/** `deno task build`: makes dist/knockd, tries it, and writes its SHA-256 beside it. */

import { VERSION } from "../lib/version.ts";
import { networkObstacle } from "../tests/lab/net.ts";
import { run } from "../tests/lab/process.ts";
import { compile, NoBaseRuntime, packSelfExtracting } from "./build/compile.ts";
import { realKnock } from "./build/real_knock.ts";
import { sha256 } from "./build/self_extracting.ts";
import { writePageScript } from "./build/page_script.ts";

const USAGE = `usage: deno task build [--require-compile]

  --require-compile   fail rather than make the self-extracting form`;

const dist = new URL("../dist/", import.meta.url).pathname;

/** Compiles, or packs where the base runtime cannot be had; says which. */
async function make(output: string, requireCompile: boolean): Promise<string> {
  try {
    await compile(output);
    return "compiled by deno compile";
  } catch (error) {
    if (!(error instanceof NoBaseRuntime) || requireCompile) throw error;
    console.log(error.message);
  }
  await packSelfExtracting(output);
  return "self-extracting, with the Deno that built it inside";
}

async function tryOut(executable: string, cache: string): Promise<void> {
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

async function build(requireCompile: boolean): Promise<void> {
  await Deno.mkdir(dist, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: dist, prefix: ".new-" });
  const cache = await Deno.makeTempDir({ prefix: "knockd-build-" });
  try {
    await writePageScript();
    const made = `${scratch}/knockd`;
    const form = await make(made, requireCompile);
    await tryOut(made, cache);
    const bytes = await Deno.readFile(made);
    await Deno.writeTextFile(`${dist}knockd.sha256`, `${await sha256(bytes)}  knockd\n`);
    // A daemon may be running the old file: it is replaced, never written to.
    await Deno.rename(made, `${dist}knockd`);
    const size = (bytes.length / 2 ** 20).toFixed(1);
    console.log(`made: dist/knockd, ${size} MiB, ${form}`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
    await Deno.remove(cache, { recursive: true });
  }
}

const unknown = Deno.args.filter((argument) => argument !== "--require-compile");
if (unknown.length > 0) {
  console.error(USAGE);
  Deno.exit(unknown[0] === "--help" ? 0 : 2);
}
try {
  await build(Deno.args.includes("--require-compile"));
} catch (error) {
  console.error(`build: error: ${(error as Error).message}`);
  Deno.exit(1);
}
