/** How this program was started: compiled, self-extracting, or from its source. */

import { orUndefined } from "../../core/or_undefined.ts";

/** Set by the self-extracting form: where it is, and what it was called as. */
const SELF_EXTRACTING = "KNOCKD_SELF";
const CALLED_AS = "KNOCKD_ARGV0";
const HOME_WAS = "KNOCKD_HOME";

/** The one file that is this program; none where it runs from its source. */
export function executable(): string | undefined {
  return compiledProgram() ?? Deno.env.get(SELF_EXTRACTING);
}

/** The file that this process was made of, if it is this program's alone. */
export function compiledProgram(): string | undefined {
  return Deno.build.standalone ? Deno.execPath() : undefined;
}

/** This program as a command line, to start it once more. */
export function commandLine(): string[] {
  const file = executable();
  if (file !== undefined) return [file];
  // What a program from source may do, it can't tell. Whoever may run Deno may do anything.
  return [Deno.execPath(), "run", "--quiet", "--allow-all", Deno.mainModule];
}

/** The user's home, which whoever starts Deno hides from it. */
export function comeHome(): void {
  const home = Deno.env.get(HOME_WAS);
  if (home === undefined) return;
  Deno.env.delete(HOME_WAS);
  if (home === "") Deno.env.delete("HOME");
  else Deno.env.set("HOME", home);
}

/** The last part of the name it was called as: `knock` for a link of that name. */
export function calledAs(): string {
  const passed = Deno.env.get(CALLED_AS);
  Deno.env.delete(CALLED_AS);
  return (passed ?? firstArgument()).split("/").at(-1) ?? "";
}

function firstArgument(): string {
  if (!Deno.build.standalone) return "knockd";
  const words = orUndefined(() => Deno.readTextFileSync("/proc/self/cmdline"));
  return words === undefined ? Deno.execPath() : words.split("\0")[0] ?? "";
}
