/**
 * Whether a place can't be written to at all, which is nobody's mistake: a file system that
 * is read-only, a directory that is not ours.
 */

const UNWRITABLE: readonly unknown[] = ["EACCES", "EPERM", "EROFS", "ENOTDIR"];

/** Whether that is why a call to the system failed. */
export function isUnwritable(error: unknown): boolean {
  return UNWRITABLE.includes(codeOf(error));
}

const SHORT: readonly unknown[] = [
  ...["ENOSPC", "EDQUOT", "EIO"],
  ...["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"],
];

/** Whether a call failed for want of room, memory or descriptors, or of a disk that works. */
export function isShort(error: unknown): boolean {
  return SHORT.includes(codeOf(error));
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}
