import assert from "node:assert/strict";
import { encode } from "uqr";
import { qrText } from "../../../lib/cli/actions/qr.ts";
import { formatUri } from "../../../lib/core/one_time/otpauth_uri.ts";
import { anEnrolment } from "../../core/one_time/enrolments.ts";

const URI = formatUri(anEnrolment());
const COLOURS = "\x1b[38;5;16;48;5;231m";
const RESET = "\x1b[0m";

Deno.test("a QR code shows every module, two rows a line", () => {
  const lines = (qrText(URI) ?? "").split("\n")
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
  for (const line of (qrText(URI) ?? "").split("\n")) {
    assert(line.startsWith(COLOURS) && line.endsWith(RESET), JSON.stringify(line));
    assert.match(line.slice(COLOURS.length, -RESET.length), /^[ █▀▄]+$/);
  }
});

Deno.test("a text that is too long for a QR code gives none", () => {
  assert.notEqual(qrText("x".repeat(2953)), undefined);
  assert.equal(qrText("x".repeat(2954)), undefined);
});
