/**
 * The tests that need no root and no network, a few parts at once. The files of a part
 * share one module graph (`tests/together.ts`): a graph costs most of a second.
 */
import { root, type Steps } from "./steps.ts";
import { TEST } from "./hosts.ts";

/**
 * The folders whose files are parts: a file is in the first that it lies in. What takes
 * longest begins first.
 */
const PARTS = [
  ...["tests/server/leases", "tests/core", "tests/server/knocks", "tests/server"],
  ...["tests/cli", "tests/config", "tests/client", "tests"],
];

/** What is no unit test: real hosts, and the packages of a release. */
const NOT_HERE = ["tests/e2e", "tests/packages"];

/** Takes them as steps. */
export async function testUnits(steps: Steps): Promise<void> {
  const files = await testFiles("tests");
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(root + file)));
  // A snapshot belongs to the module that was started.
  const [alone, shared] = [true, false].map((is) =>
    files.filter((_, i) => texts[i]!.includes("assertSnapshot") === is)
  );
  const parts = divide(shared!).map((part) => ["tests/together.ts", "--", ...part]);
  await steps.testAtOnce([...parts, alone!].map((part) => [...TEST, ...part]));
}

/** Each file in the first part that it lies in. */
export function divide(files: readonly string[]): string[][] {
  const of = (file: string) => PARTS.findIndex((part) => file.startsWith(`${part}/`));
  return PARTS.map((_, i) => files.filter((file) => of(file) === i));
}

async function testFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory && !NOT_HERE.includes(path)) files.push(...await testFiles(path));
    if (name.endsWith(".test.ts")) files.push(path);
  }
  return files.sort();
}
