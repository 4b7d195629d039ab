/** How to end another daemon. */

/**
 * What to type, or to do.
 *
 * @param pid as the daemon itself knows it: process 1 is a container's, and init out here
 */
export function stopHint(pid: number | undefined): string {
  if (pid === 1) return "stop its container";
  return pid === undefined ? "stop it" : `stop it (kill ${pid})`;
}
