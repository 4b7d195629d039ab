/**
 * Why a call to the system failed.
 *
 * @module
 */

/** The system's words alone, `No such file or directory`, without Deno's around them. */
export function reason(error: unknown): string {
  // Deno keeps devices and /proc from programs that have not every permission.
  if (error instanceof Deno.errors.NotCapable) return "it is a device, not a file";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Failed to spawn '.*': /s, "").replace(
    / \(os error \d+\).*/s,
    "",
  );
}
