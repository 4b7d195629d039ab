/** Disks that fill up. */
import type { JournalPoint } from "../../../lib/server/journal/journal.ts";

/** A disk that is full while `full.now` says so; `onPoint` is a journal's on it. */
export function disk(): {
  full: { now: boolean };
  onPoint: (point: JournalPoint) => void;
} {
  const full = { now: false };
  const onPoint = (point: JournalPoint) => {
    if (full.now && point.startsWith("before")) throw new Error("the disk is full");
  };
  return { full, onPoint };
}
