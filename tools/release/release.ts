/** What a release is made of, and where it goes. */

import type { TarFile } from "../build/tar.ts";
import { bundle } from "../build/compile.ts";
import { run } from "../../tests/lab/process.ts";
import { VERSION } from "../../lib/version.ts";

/** The checkout. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** Everything that the makers of packages share. */
export interface Release {
  readonly version: string;
  /** Seconds since 1970 that all files bear. */
  readonly date: number;
  /** The program as JavaScript files. */
  readonly program: readonly TarFile[];
  /** Where packages go. */
  readonly output: string;
  /** A directory for what is in between. */
  readonly scratch: string;
  /** Whether packing is to be quick rather than small. */
  readonly quick: boolean;
}

/** Gathers what a release is made of. */
export async function prepare(
  options: Pick<Release, "output" | "scratch" | "quick">,
): Promise<Release> {
  const [date, program] = await Promise.all([releaseDate(options.quick), bundle()]);
  const files = program.toSorted((a, b) => a.name < b.name ? -1 : 1);
  return { ...options, version: VERSION, date, program: files };
}

/** What is made to be tried may come from a checkout without its history. */
const TRIED_DATE = 1_000_000_000;

/** That of SOURCE_DATE_EPOCH, or of the last commit. */
async function releaseDate(quick: boolean): Promise<number> {
  const said = Deno.env.get("SOURCE_DATE_EPOCH");
  if (said !== undefined) {
    if (/^\d{1,12}$/.test(said)) return Number(said);
    throw new Error("SOURCE_DATE_EPOCH is no number of seconds");
  }
  const argv = ["git", "-C", ROOT, "log", "-1", "--format=%ct"];
  const { code, stdout } = await run(argv, { check: false });
  if (code === 0) return Number(stdout.trim());
  if (quick) return TRIED_DATE;
  throw new Error("no git to tell the date of the release; set SOURCE_DATE_EPOCH");
}

/** What knockd prints for a command line. */
export async function knockdSays(...args: string[]): Promise<string> {
  const argv = [Deno.execPath(), "run", "--quiet", "--allow-all", `${ROOT}main.ts`];
  const { stdout } = await run([...argv, ...args], { cwd: ROOT });
  return stdout;
}
