import assert from "node:assert/strict";
import { encode } from "uqr";
import { qrText } from "../../../../lib/cli/actions/enroll/qr.ts";
import { formatUri } from "../../../../lib/core/one_time/otpauth_uri.ts";
import { anEnrolment } from "../../../core/one_time/enrolments.ts";

const URI = formatUri(anEnrolment());
const COLOURS = "\x1b[38;5;16;48;5;231m";
const RESET = "\x1b[0m";

/** The code, in the columns that terminals have at least. */
function drawn(text: string): string {
  const qr = qrText(text, 80);
  assert.ok("code" in qr, JSON.stringify(qr));
  return qr.code;
}

Deno.test("a QR code shows every module, two rows a line", () => {
  const lines = drawn(URI).split("\n")
    .map((line) => [...line.slice(COLOURS.length, -RESET.length)]);
  const rows = lines.flatMap((line) => [
    line.map((cell) => "█▀".includes(cell)),
    line.map((cell) => "█▄".includes(cell)),
  ]);
  const { data, size } = encode(URI, { ecc: "L", border: 4 });
  assert.deepEqual(rows.slice(0, size), data);
  assert(rows.slice(0, 4).flat().every((dark) => !dark), "the quiet zone is white");
  assert(size <= 80, "it fits a terminal of 80 columns");
});

Deno.test("a QR code brings its own colours, and gives them back on every line", () => {
  for (const line of drawn(URI).split("\n")) {
    assert(line.startsWith(COLOURS) && line.endsWith(RESET), JSON.stringify(line));
    assert.match(line.slice(COLOURS.length, -RESET.length), /^[ █▀▄]+$/);
  }
});

Deno.test("a text that is too long for a QR code gives none", () => {
  assert.ok("code" in qrText("x".repeat(2953), 200));
  assert.deepEqual(qrText("x".repeat(2954), 200), {
    why: "the line is too long for one",
  });
});

Deno.test("a QR code that would be broken by a narrow terminal is not drawn", () => {
  const { size } = encode(URI, { ecc: "L", border: 4 });
  assert.ok("code" in qrText(URI, size));
  assert.deepEqual(qrText(URI, size - 1), {
    why: `it takes ${size} columns, and the terminal has ${size - 1}`,
  });
});
