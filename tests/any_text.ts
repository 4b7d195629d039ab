/** Text of any characters, those that do something to a terminal above all. */
import fc from "fast-check";

const character = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0x9f }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0x2028, 0x2029, 0x202e, 0x200b, 0xfeff, 0xfffd),
  },
  { weight: 2, arbitrary: fc.integer({ min: 0xa0, max: 0xd7ff }) },
  { weight: 2, arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }) },
).map((code) => String.fromCodePoint(code));

/** Such a text; fast-check's own ("binary") takes seconds of each process to make. */
export function anyText(constraints: fc.StringSharedConstraints = {}) {
  return fc.string({ ...constraints, unit: character });
}
