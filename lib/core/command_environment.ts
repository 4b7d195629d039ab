/** What commands inherit, those of doors and those that a client runs after its knock. */

/** What is meant for this program, or for whoever supervises it, and not for commands. */
const OURS = /^(DENO_.*|NODE_OPTIONS|KNOCKD_.*|NOTIFY_SOCKET|WATCHDOG_.*)$/;

/** Where a shell looks for programs when nothing is set, with the administrator's. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The environment of this process as commands get it. */
export function commandEnvironment(
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = Object.entries(own).filter(([name]) => !OURS.test(name));
  return { PATH: DEFAULT_PATH, ...Object.fromEntries(inherited) };
}
