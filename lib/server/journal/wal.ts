/**
 * A look at the write-ahead log before SQLite reads it. SQLite ends its log silently at
 * the first frame that is wrong, because a power failure leaves such a frame at the end;
 * wrong in the middle, it would take later commits with it. The format is that of
 * sqlite.org/fileformat2.html#walformat.
 */

const HEADER = 32;
const FRAME_HEADER = 24;
const BIG_ENDIAN_SUMS = 0x377f0683;
const LITTLE_ENDIAN_SUMS = 0x377f0682;

/** Whether a log has as much as one page; one that was begun never has less. */
export function hasPage(log: Uint8Array): boolean {
  if (log.length < HEADER + FRAME_HEADER) return false;
  const pageSize = new DataView(log.buffer, log.byteOffset).getUint32(8);
  return log.length >= HEADER + FRAME_HEADER + pageSize;
}

/** What is wrong with a log that a power failure does not explain. */
export function damageInLog(log: Uint8Array): string | undefined {
  if (log.length < HEADER + FRAME_HEADER) return undefined;
  const view = new DataView(log.buffer, log.byteOffset, log.length);
  const magic = view.getUint32(0);
  const littleEndian = magic === LITTLE_ENDIAN_SUMS;
  let sums = addSums(view, 0, 24, littleEndian, [0, 0]);
  const pageSize = view.getUint32(8);
  const isHeader = (littleEndian || magic === BIG_ENDIAN_SUMS) && isPageSize(pageSize);
  if (!isHeader || !endsWith(view, HEADER, sums)) {
    return "the header of its log is garbled";
  }
  const frameSize = FRAME_HEADER + pageSize;
  let intact = true;
  let lostCommits = 0;
  for (let at = HEADER; at + frameSize <= log.length; at += frameSize) {
    const isOfThisLog = view.getUint32(at + 8) === view.getUint32(16) &&
      view.getUint32(at + 12) === view.getUint32(20);
    if (intact) {
      sums = addSums(view, at, 8, littleEndian, sums);
      sums = addSums(
        view,
        at + FRAME_HEADER,
        frameSize - FRAME_HEADER,
        littleEndian,
        sums,
      );
      intact = isOfThisLog && endsWith(view, at + FRAME_HEADER, sums);
    }
    const isCommit = view.getUint32(at + 4) !== 0;
    if (!intact && isOfThisLog && isCommit) lostCommits++;
  }
  // One is the commit that the power failure cut short; the next waited for that one.
  return lostCommits > 1 ? "its log is garbled before its last commits" : undefined;
}

/** A power of two, as SQLite has it: anything else is not made of the words that are added. */
function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

type Sums = readonly [number, number];

function addSums(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
  [first, second]: Sums,
): Sums {
  for (let at = start; at < start + length; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}

/** Whether the two sums are the last eight bytes before `end`. */
function endsWith(view: DataView, end: number, [first, second]: Sums): boolean {
  return view.getUint32(end - 8) === first && view.getUint32(end - 4) === second;
}
