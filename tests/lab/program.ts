/** The program under test: from source, or the executable KNOCKD_TEST_BINARY names. */

import { PERMISSIONS } from "../../tools/permissions.ts";

/** The program's entry point. */
export const MAIN: string = new URL("../../main.ts", import.meta.url).pathname;

const binary = Deno.env.get("KNOCKD_TEST_BINARY");

/** The beginning of a command line that runs knockd. */
export const KNOCKD: readonly string[] = binary === undefined
  ? [Deno.execPath(), "run", ...PERMISSIONS, MAIN]
  : [binary];
