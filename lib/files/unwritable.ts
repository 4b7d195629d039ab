/**
 * Whether a place can't be written to at all, which is nobody's mistake: a file system that
 * is read-only, a directory that is not ours.
 */

const UNWRITABLE: readonly unknown[] = ["EACCES", "EPERM", "EROFS", "ENOTDIR"];

/** Whether that is why a call to the system failed. */
export function isUnwritable(error: unknown): boolean {
  return UNWRITABLE.includes((error as { code?: unknown } | undefined)?.code);
}
