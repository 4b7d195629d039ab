/** SHA256SUMS: what `sha256sum --check` compares a download with. */

import { sha256 } from "../build/self_extracting.ts";

/** What a package may weigh in bytes, by the end of its name. */
const LIMITS: Readonly<Record<string, number>> = {
  ".deb": 35e6,
  ".tgz": 400e3,
  ".oci.tar": 80e6,
};

/** Writes the sums of files in a directory, and says how large each is. */
export async function writeSums(
  directory: string,
  names: readonly string[],
): Promise<void> {
  const lines: string[] = [];
  for (const name of names.toSorted()) {
    const bytes = await Deno.readFile(`${directory}/${name}`);
    lines.push(`${await sha256(bytes)}  ${name}\n`);
    console.log(`made: ${name}, ${(bytes.length / 1e6).toFixed(1)} MB`);
  }
  await Deno.writeTextFile(`${directory}/SHA256SUMS`, lines.join(""));
}

/** Throws if a package is larger than it may be. */
export async function weigh(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const [, limit] = Object.entries(LIMITS).find(([end]) => name.endsWith(end)) ?? [];
    const { size } = await Deno.stat(`${directory}/${name}`);
    if (limit !== undefined && size > limit) {
      throw new Error(`${name} has ${size} bytes, and may have ${limit}`);
    }
  }
}
