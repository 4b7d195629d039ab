/** `deno task build --target`: the executable for another kind of machine. */

import { fetchRuntime, RUNTIMES } from "../release/runtime.ts";
import { compile, NoBaseRuntime, packSelfExtracting } from "./compile.ts";
import { packForWindows } from "./windows.ts";

/** What an executable can be made for. */
export type Target = keyof typeof RUNTIMES;

/** All of them. */
export const TARGETS = Object.keys(RUNTIMES) as readonly Target[];

/** Whether that is one of them. */
export function isTarget(name: string | undefined): name is Target {
  return name !== undefined && Object.hasOwn(RUNTIMES, name);
}

/** What was made. */
export interface Made {
  /** In the directory that was said. */
  readonly name: string;
  /** How, in words. */
  readonly form: string;
}

/** Makes an executable in a directory, by `deno compile` where it can. */
export async function makeFor(
  target: Target,
  directory: string,
  requireCompile: boolean,
): Promise<Made> {
  const isWindows = target.includes("windows");
  const name = `knockd-${target}`;
  try {
    const compiled = `${name}${isWindows ? ".exe" : ""}`;
    await compile(`${directory}/${compiled}`, target);
    return { name: compiled, form: "compiled by deno compile" };
  } catch (error) {
    if (!(error instanceof NoBaseRuntime) || requireCompile) throw error;
    console.log(error.message);
  }
  const runtime = await fetchRuntime(RUNTIMES[target], directory);
  if (isWindows) {
    await packForWindows(`${directory}/${name}.tar.gz`, runtime);
    return { name: `${name}.tar.gz`, form: "knockd.cmd with a Deno beside it, packed" };
  }
  await packSelfExtracting(`${directory}/${name}`, { path: runtime, target });
  return { name, form: "self-extracting, with a Deno for it inside" };
}
