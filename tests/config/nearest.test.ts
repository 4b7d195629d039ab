import { equal } from "node:assert/strict";
import fc from "fast-check";
import { editDistance } from "../../lib/config/edit_distance.ts";
import { nearest } from "../../lib/config/nearest.ts";

Deno.test("the nearest word is what was likely meant", () => {
  const known = ["sequence", "seq_timeout", "command", "command_6", "target"];
  const rows: [string, string | undefined, string][] = [
    ["sequnce", "sequence", "a letter missing"],
    ["sequecne", "sequence", "two swapped"],
    ["commmand", "command", "one too many"],
    ["tarket", "target", "another letter"],
    ["SEQUENCE", "sequence", "case"],
    ["seq-timeout", "seq_timeout", "another sign"],
    ["command6", "command_6", "a sign missing, which counts as much as one too many"],
    ["password", undefined, "nothing near"],
    ["", undefined, "nothing at all"],
    ["x".repeat(100_000), undefined, "far too long"],
  ];
  for (const [word, expected, why] of rows) equal(nearest(word, known), expected, why);
});

Deno.test("the edit distance counts what a typing finger does", () => {
  const rows: [string, string, number][] = [
    ["", "", 0],
    ["", "ab", 2],
    ["ab", "ba", 1],
    ["abcd", "acbd", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ];
  for (const [a, b, expected] of rows) equal(editDistance(a, b), expected, `${a} ${b}`);
});

Deno.test("the edit distance is symmetric, and zero for the same word alone", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    equal(editDistance(a, b), editDistance(b, a));
    equal(editDistance(a, b) === 0, a === b);
    equal(editDistance(a, b) <= Math.max(a.length, b.length), true);
  }));
});
