/** The config of knockd 0.8. */

export const LEGACY_CONFIG = "/etc/knockd.conf";

/** Whether there is the config that knockd 0.8 reads if nothing is said. */
export function hasLegacyConfig(): boolean {
  try {
    return Deno.statSync(LEGACY_CONFIG).isFile;
  } catch (error) {
    // What may not be looked at is there, and is for the daemon to complain of.
    return !(error instanceof Deno.errors.NotFound);
  }
}
