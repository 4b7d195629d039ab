import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { readSequenceFile, sequencesOnDisk } from "../../lib/files/sequence_file.ts";
import { parseSequenceFile, repeatedLines } from "../../lib/files/sequence_lines.ts";
import { Failure } from "../../lib/core/failure.ts";
import { formatSequence } from "../../lib/core/sequence.ts";
import { inDirectory } from "../config/files.ts";

const { markUsed } = sequencesOnDisk;
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a sequence file gives its unused lines in order", () => {
  const file = parseSequenceFile(bytes("# mine\n#1,2\n\n 3,4:udp\r\n\t# 5\n6,7,8"));
  deepEqual(
    file.unused.map(({ line, offset, sequence }) => [
      line,
      offset,
      formatSequence(sequence),
    ]),
    [[4, 13, "3,4:udp"], [6, 28, "6,7,8"]],
  );
  equal(file.used, 3);
  deepEqual(file.problems, []);
});

Deno.test("what stands behind a sequence as a comment is not read", () => {
  const file = parseSequenceFile(bytes("1,2 # monday\r\n3,4:udp# 5,6\n7 #,8\n"));
  deepEqual(file.unused.map(({ sequence }) => formatSequence(sequence)), [
    "1,2",
    "3,4:udp",
    "7",
  ]);
  deepEqual(file.problems, []);
});

Deno.test("a line that is no sequence is passed over and reported", () => {
  const file = parseSequenceFile(bytes("é1,2\n 1,70000\n3,4\n"));
  deepEqual(file.unused.map((entry) => [entry.line, entry.offset]), [[3, 15]]);
  deepEqual(file.problems.map(({ line, column }) => [line, column]), [[1, 1], [2, 4]]);
});

Deno.test("a byte order mark is no part of the first sequence", () => {
  const first = (text: string) => {
    const { unused, used, problems } = parseSequenceFile(bytes(text));
    deepEqual(problems, []);
    return [used, unused[0]?.line, unused[0]?.offset, unused[0]?.text];
  };
  deepEqual(first("\ufeff1,2\r\n3,4\r\n"), [0, 1, 3, "1,2\r"]);
  deepEqual(first("\ufeff#,2\r\n3,4\r\n"), [1, 2, 8, "3,4\r"]);
});

Deno.test("a sequence that stands there twice is reported, however it is written", () => {
  const file = parseSequenceFile(bytes("1,2\n3,4\n 1:tcp, 2\n#3,4\n3,4\n"));
  deepEqual(repeatedLines(file).map(({ line, message }) => [line, message]), [
    [3, "that of line 1 again: whoever saw it knows this one"],
    [5, "that of line 2 again: whoever saw it knows this one"],
  ]);
});

Deno.test("used sequences get their # as in knockd, one after another", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/sequences`;
    await Deno.writeTextFile(path, "# header\n 1,2\n30,4\n  bad\n\n5,6");
    const opened: string[] = [];
    for (
      let next = readSequenceFile(path).unused[0];
      next;
      next = readSequenceFile(path).unused[0]
    ) {
      opened.push(formatSequence(next.sequence));
      markUsed(path, next);
    }
    deepEqual(opened, ["1,2", "30,4", "5,6"]);
    const text = "# header\n#1,2\n#0,4\n  bad\n\n#,6";
    equal(await Deno.readTextFile(path), text);
  }));

Deno.test("a line that changed since it was read is not marked", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/sequences`;
    await Deno.writeTextFile(path, "1,2\n3,4\n");
    const next = readSequenceFile(path).unused[0]!;
    for (const changed of ["9,1,2\n3,4\n", "#,2\n3,4\n", "", "1"]) {
      await Deno.writeTextFile(path, changed);
      throws(() => markUsed(path, next), /sequences:1: the line of the used .* changed/);
      equal(await Deno.readTextFile(path), changed);
    }
  }));

Deno.test("a sequence file that can't be had is a failure with its path", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/sequences`;
    throws(
      () => readSequenceFile(path).unused[0],
      /sequences: the sequences can't be read: No such/,
    );
    const entry = { line: 1, offset: 0, text: "1", sequence: [] };
    throws(() => markUsed(path, entry), /the used sequence can't be marked: No such/);
    throws(() => readSequenceFile(directory), /this is not a file of sequences/);
    await Deno.writeFile(path, new Uint8Array(4 * 1024 * 1024 + 1));
    throws(() => readSequenceFile(path), /has more than 4194304 bytes/);
  }));

Deno.test("marking any line of any file changes one byte of it and spends it", () =>
  inDirectory((directory) => {
    const path = `${directory}/sequences`;
    const line = fc.constantFrom(
      "1,2",
      " 3,4:udp",
      "#5",
      "",
      "é,1",
      "\t7\r",
      "x",
      "8,9 ",
    );
    const files = fc.array(line, { maxLength: 8 }).map((lines) =>
      bytes(lines.join("\n"))
    );
    fc.assert(
      fc.property(files, (before) => {
        Deno.writeFileSync(path, before);
        const [first, ...rest] = readSequenceFile(path).unused;
        if (first === undefined) return;
        markUsed(path, first);
        const after = Deno.readFileSync(path);
        const changed = [...after.keys()].filter((i) => after[i] !== before[i]);
        deepEqual([after.length, changed], [before.length, [first.offset]]);
        deepEqual(readSequenceFile(path).unused, rest);
      }),
      { numRuns: 50 },
    );
  }));

Deno.test("any bytes are a sequence file, and never an exception", () => {
  fc.assert(fc.property(fc.uint8Array(), (any) => {
    try {
      const { unused } = parseSequenceFile(any);
      for (const { offset, text } of unused) {
        equal(new TextDecoder("latin1").decode(any).slice(offset).startsWith(text), true);
      }
    } catch (error) {
      equal(error instanceof Failure, true);
    }
  }));
});
