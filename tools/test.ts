/** `deno task test`: every check and every test, then the same against the executable. */

import { networkObstacle } from "../tests/lab/net.ts";
import { provision } from "./provision.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = await Deno.makeTempDir({ prefix: "knockd-test-" });
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs one step with its output shown; gives its exit code. */
async function step(args: readonly string[], env: Record<string, string> = {}) {
  console.log(`\n== deno ${args.join(" ")}`);
  const deno = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env,
    stdin: "null",
  });
  const { code } = await deno.spawn().status;
  return code;
}

async function check(...args: string[]): Promise<void> {
  if (await step(args) !== 0) total.failed += 1;
}

/** Runs tests and adds what their report counts. */
async function test(args: readonly string[], env: Record<string, string> = {}) {
  const report = `${scratch}/${crypto.randomUUID()}.xml`;
  const code = await step([...args, `--junit-path=${report}`], env);
  const xml = await Deno.readTextFile(report).catch(() => "");
  const count = (element: string) => xml.split(`<${element}`).length - 1;
  const failed = count("failure ") + count("error ");
  const skipped = count("skipped");
  total.passed += count("testcase ") - failed - skipped;
  // An error outside of any test is in the exit code alone.
  total.failed += Math.max(failed, code === 0 ? 0 : 1);
  total.skipped += skipped;
}

/** The files of tests/e2e: all that test the source, and all that test the executable. */
async function endToEndFiles() {
  const ofSource: string[] = [];
  const ofExecutable: string[] = [];
  for await (const { name } of Deno.readDir(`${root}tests/e2e`)) {
    if (!name.endsWith(".test.ts")) continue;
    const file = `tests/e2e/${name}`;
    const text = await Deno.readTextFile(root + file);
    const onlyExecutable = name === "build.test.ts";
    if (!onlyExecutable) ofSource.push(file);
    if (onlyExecutable || /^import [^;]*\bKNOCKD\b/m.test(text)) ofExecutable.push(file);
  }
  return { ofSource: ofSource.sort(), ofExecutable: ofExecutable.sort() };
}

/** The tests between real hosts: from source, then against the executable. */
async function endToEnd(): Promise<void> {
  const { ofSource, ofExecutable } = await endToEndFiles();
  const deno = ["test", "--quiet", "--allow-all"];
  await test([...deno, ...ofSource]);
  if (await step(["task", "build"]) !== 0) {
    total.failed += 1;
    return;
  }
  const executable = `${root}dist/knockd`;
  const env = { KNOCKD_TEST_BINARY: executable, CACHE_DIRECTORY: `${scratch}/cache` };
  await test([...deno, ...ofExecutable], env);
}

try {
  let missing: string | undefined;
  try {
    await provision("tests");
  } catch (error) {
    missing = (error as Error).message;
  }
  await check("fmt", "--check");
  await check("lint");
  await check("check", "--quiet");
  await check("task", "doc-lint");
  await test(["task", "unit"]);
  missing ??= await networkObstacle();
  if (missing === undefined) await endToEnd();
  else {
    total.failed += 1;
    console.error(`\nNot run: tests/e2e, the tests between real hosts.\nWhy: ${missing}`);
    console.error("Then run, as root: npx -y deno@2.9.6 task test");
    console.error("All that needs no root: npx -y deno@2.9.6 task ok");
  }
} finally {
  await Deno.remove(scratch, { recursive: true });
}

if (total.passed === 0) total.failed = Math.max(total.failed, 1);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
Deno.exit(total.failed > 0 ? 1 : 0);
