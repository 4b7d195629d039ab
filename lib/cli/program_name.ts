/**
 * What this program was called as.
 *
 * @module
 */

/**
 * The last part of the name: `knock` for a link of that name. The self-extracting form
 * passes the name on in KNOCKD_ARGV0; a compiled program finds it in its own arguments.
 */
export function programName(): string {
  const passed = Deno.env.get("KNOCKD_ARGV0");
  Deno.env.delete("KNOCKD_ARGV0");
  return (passed ?? firstArgument()).split("/").at(-1) ?? "";
}

function firstArgument(): string {
  if (!Deno.build.standalone) return "knockd";
  try {
    return Deno.readTextFileSync("/proc/self/cmdline").split("\0")[0] ?? "";
  } catch {
    return Deno.execPath();
  }
}
