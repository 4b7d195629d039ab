/** A daemon that is not root's, with the two capabilities of its unit. */
import type { Scratch } from "./daemon.ts";
import { run } from "./process.ts";

const NOBODY = 65534;
const RIGHTS = "+net_raw,+net_admin";

/**
 * What precedes a command line that is to run as nobody, with these capabilities alone;
 * the scratch directory becomes nobody's.
 */
export async function asNobody(scratch: Scratch): Promise<string[]> {
  // A cache of its own: Deno's with the packages, or the one that knockd unpacks to.
  const cache = scratch.path("cache");
  const { denoDir } = JSON.parse((await run([Deno.execPath(), "info", "--json"])).stdout);
  await Deno.chmod(scratch.directory, 0o711);
  await Deno.mkdir(cache, { mode: 0o700 });
  await run(["cp", "-r", `${denoDir}/npm`, cache]);
  await run(["chown", "-R", `${NOBODY}:${NOBODY}`, scratch.directory]);
  // It may read everything, as neither Deno nor the source need be where others may.
  const rights = `${RIGHTS},+dac_read_search`;
  return [
    ...["env", "-u", "CACHE_DIRECTORY", `DENO_DIR=${cache}`, `XDG_CACHE_HOME=${cache}`],
    ...["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
    ...[`--inh-caps=-all,${rights}`, `--ambient-caps=-all,${rights}`],
    ...["--no-new-privs", `--bounding-set=-all,${rights}`],
  ];
}
