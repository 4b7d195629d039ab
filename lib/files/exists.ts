/**
 * Whether something is there.
 *
 * @module
 */

/** Whether there is anything at a path, a link that leads nowhere too. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
