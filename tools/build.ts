/** `deno task build`: makes dist/knockd, tries it, and writes its SHA-256 beside it. */

import { VERSION } from "../lib/version.ts";
import { networkObstacle } from "../tests/lab/net.ts";
import { run } from "../tests/lab/process.ts";
import { compile, NoBaseRuntime, packSelfExtracting } from "./build/compile.ts";
import { realKnock } from "./build/real_knock.ts";
import { sha256 } from "./build/self_extracting.ts";
import { writePageScript } from "./build/page_script.ts";
import { isTarget, type Made, makeFor, type Target, TARGETS } from "./build/target.ts";

const USAGE = `usage: deno task build [--target TARGET] [--require-compile]

  --target TARGET     make dist/knockd-TARGET, for another kind of machine:
${TARGETS.map((target) => `                        ${target}`).join("\n")}
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

/** What is made for another kind of machine can't be tried here. */
async function makeHere(directory: string, requireCompile: boolean): Promise<Made> {
  const form = await make(`${directory}/knockd`, requireCompile);
  const cache = await Deno.makeTempDir({ prefix: "knockd-build-" });
  try {
    await tryOut(`${directory}/knockd`, cache);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
  return { name: "knockd", form };
}

async function makeThere(
  target: Target,
  directory: string,
  requireCompile: boolean,
): Promise<Made> {
  const made = await makeFor(target, directory, requireCompile);
  console.log(`not tried: it is for ${target}`);
  return made;
}

async function build({ target, requireCompile }: Said): Promise<void> {
  await Deno.mkdir(dist, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: dist, prefix: ".new-" });
  try {
    await writePageScript();
    const { name, form } = target === undefined
      ? await makeHere(scratch, requireCompile)
      : await makeThere(target, scratch, requireCompile);
    const bytes = await Deno.readFile(`${scratch}/${name}`);
    await Deno.writeTextFile(
      `${dist}${name}.sha256`,
      `${await sha256(bytes)}  ${name}\n`,
    );
    // A daemon may be running the old file: it is replaced, never written to.
    await Deno.rename(`${scratch}/${name}`, `${dist}${name}`);
    const size = (bytes.length / 2 ** 20).toFixed(1);
    console.log(`made: dist/${name}, ${size} MiB, ${form}`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

interface Said {
  target?: Target;
  requireCompile: boolean;
}

function parse(args: readonly string[]): Said | undefined {
  const said: Said = { requireCompile: false };
  for (let i = 0; i < args.length; i++) {
    const target = args[i + 1];
    if (args[i] === "--require-compile") said.requireCompile = true;
    else if (args[i] === "--target" && isTarget(target)) {
      said.target = target;
      i += 1;
    } else return undefined;
  }
  return said;
}

const said = parse(Deno.args);
if (said === undefined) {
  console.error(USAGE);
  Deno.exit(Deno.args[0] === "--help" ? 0 : 2);
}
try {
  await build(said);
} catch (error) {
  console.error(`build: error: ${(error as Error).message}`);
  Deno.exit(1);
}
