/** Config files for tests, in a directory that is gone afterwards. */
import { loadConfig, type Loaded } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import type { Door } from "../../lib/core/door.ts";

/** A 32-byte secret in Base32. */
export const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSQ";

/** Runs `use` with a directory of its own. */
export async function inDirectory<T>(
  use: (directory: string) => T | Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-config-" });
  try {
    return await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Loads a text as a config file of mode 0600. */
export function load(text: string | Uint8Array, name = "knock.toml"): Promise<Loaded> {
  return inDirectory(async (directory) => {
    const path = `${directory}/${name}`;
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await Deno.writeFile(path, bytes, { mode: 0o600 });
    return await loadConfig(path);
  });
}

/** The lines about a config, severity first, without the directory it was in. */
export async function linesAbout(text: string, name = "knock.toml"): Promise<string[]> {
  return lines(await load(text, name));
}

/** The lines that show the problems, without the directory they are in. */
export function lines({ problems }: Loaded): string[] {
  return problems.map((problem) =>
    `${problem.severity} ${formatProblem(problem)}`
      .replaceAll(/\/[^\s:]*\/knockd-config-[^/]*\//g, "")
  );
}

/** The doors of a config that has to be without errors. */
export async function doorsOf(
  text: string,
  name = "knock.toml",
): Promise<readonly Door[]> {
  const loaded = await load(text, name);
  if (loaded.config === undefined) throw new Error(lines(loaded).join("\n"));
  return loaded.config.doors;
}
