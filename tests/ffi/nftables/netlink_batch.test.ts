import assert from "node:assert/strict";
import { elementBatch } from "../../../ffi/nftables/netlink_batch.ts";

const KEY = Uint8Array.of(10, 0, 0, 1);
const SIX = new Uint8Array(16).fill(0xfd);

/** The messages of a batch, cut where their lengths say. */
function cut(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at, true)) {
    found.push(bytes.subarray(at, at + view.getUint32(at, true)));
  }
  return found;
}

Deno.test("a change of an element is the bytes that nf_tables reads", () => {
  const elements = [{ key: KEY, ms: 600_000 }];
  const bytes = elementBatch([{ verb: "add", table: "kt", set: "d0_4", elements }], 7);
  const [begin, add, end] = cut(bytes).map((message) => message.toHex());
  assert.equal(
    begin,
    "14000000" + "1000" + "0100" + "07000000" + "00000000" + "0000000a",
  );
  assert.equal(end, "14000000" + "1100" + "0100" + "09000000" + "00000000" + "0000000a");
  assert.equal(
    add,
    "48000000" + "0c0a" + "0504" + "08000000" + "00000000" + "01000000" +
      "07000100" + "6b740000" + "09000200" + "64305f3400000000" +
      "20000380" + "1c000180" + "0c000180" + "08000100" + "0a000001" +
      "0c000400" + "00000000000927c0",
  );
});

Deno.test("the last change of a transaction alone asks for an answer", () => {
  const elements = [{ key: KEY }];
  const step = { table: "t", set: "d0_4", elements };
  const bytes = elementBatch([{ verb: "add", ...step }, { verb: "delete", ...step }], 1);
  const flags = cut(bytes).map((message) => message[6]! & 0x4);
  assert.deepEqual(flags, [0, 0, 4, 0]);
});

Deno.test("a thousand elements of the longest kind are one message, and their lengths right", () => {
  const elements = Array.from({ length: 1000 }, () => ({ key: SIX, ms: 1 }));
  const set = "d999999_6";
  const table = "t".repeat(255);
  const bytes = elementBatch([{ verb: "add", table, set, elements }], 1);
  const lengths = cut(bytes).map(({ length }) => length);
  assert.deepEqual(lengths, [20, 20 + 260 + 16 + 4 + 1000 * 40, 20]);
});

Deno.test("nothing of an earlier transaction is left in a later one", () => {
  const batch = (set: string) =>
    elementBatch([{ verb: "add", table: "t", set, elements: [{ key: KEY }] }], 1).toHex();
  const before = batch("d0_4");
  batch("d999999_4");
  assert.equal(batch("d0_4"), before);
});

Deno.test("a set is emptied by a message that deletes and names no element", () => {
  const bytes = elementBatch(
    [{ verb: "flush", table: "kt", set: "d0_4", elements: [] }],
    1,
  );
  assert.equal(
    cut(bytes)[1]!.toHex(),
    "28000000" + "0e0a" + "0500" + "02000000" + "00000000" + "01000000" +
      "07000100" + "6b740000" + "09000200" + "64305f3400000000",
  );
});
