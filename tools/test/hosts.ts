/** The tests between real hosts, and whether they can be run here. */

import { networkObstacle } from "../../tests/lab/net.ts";
import { provision } from "../provision.ts";
import { root, type Steps } from "./steps.ts";

/** Files that the others would disturb: they flood, or need what runs to be on time. */
const ALONE = ["capture", "capture_interfaces", "daemon_dropin", "out_of_descriptors"]
  .map((name) => `tests/e2e/${name}.test.ts`);

/** Files at once, each with hosts of its own: a test mostly waits. */
const AT_ONCE = "2";

/** How a file of them is run. */
export const TEST = [
  ...["test", "--preload", "tests/same_seed.ts"],
  ...["--quiet", "--allow-all", "--no-check"],
];

/** The test files of a folder, in their order. */
export async function filesOf(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(root + folder)) {
    if (name.endsWith(".test.ts")) files.push(`${folder}/${name}`);
  }
  return files.sort();
}

/** Takes such files as steps: a few by themselves, then the others two at once. */
export async function testHosts(
  steps: Steps,
  files: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const [alone, others] = [true, false].map((is) =>
    files.filter((file) => ALONE.includes(file) === is)
  );
  const atOnce = { DENO_JOBS: AT_ONCE, ...env };
  // Without a file, every one that there is would be run.
  if (alone!.length > 0) await steps.test([...TEST, ...alone!], env);
  if (others!.length > 0) await steps.test([...TEST, "--parallel", ...others!], atOnce);
}

/** The files that run the program by the name that KNOCKD_TEST_BINARY changes. */
export async function thatRunTheProgram(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(root + file)));
  return files.filter((_, i) => /^import [^;]*\bKNOCKD\b/m.test(texts[i]!));
}

/** Whether hosts can be made, the packages they need being installed; says it if not. */
export async function canMakeHosts(
  steps: Steps,
  task: "test" | "test-all",
): Promise<boolean> {
  const needs = task === "test-all" ? "long" : "tests";
  const obstacle = await provisionObstacle(needs) ?? await networkObstacle();
  if (obstacle === undefined) return true;
  steps.fail(`tests between real hosts, which are not run: ${obstacle}`);
  console.error(`\nNot run: tests/e2e, the tests between real hosts.\nWhy: ${obstacle}`);
  console.error(`Then run, as root: npx -y deno@2.9.6 task ${task}`);
  console.error("All that needs no root: npx -y deno@2.9.6 task ok");
  return false;
}

async function provisionObstacle(needs: "tests" | "long"): Promise<string | undefined> {
  try {
    await provision(needs);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
