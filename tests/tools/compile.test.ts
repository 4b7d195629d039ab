import assert from "node:assert/strict";
import { baseRuntimeFailure, readWhenNeeded } from "../../tools/build/compile.ts";

const UNREACHABLE = `Download https://dl.deno.land/release/v2.9.6/denort-x.zip
error: Writing deno compile executable to temporary file 'knockd.tmp-b0a0'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (https://dl.deno.land/release/v2.9.6/denort-x.zip): client error (Connect): dns error
    2: client error (Connect)
`;

Deno.test("a base runtime that cannot be downloaded is told from other failures", () => {
  assert.match(baseRuntimeFailure(UNREACHABLE)!, /^error sending request .* dns error$/);
  const silent = UNREACHABLE.split("error:")[0]!;
  assert.match(baseRuntimeFailure(silent)!, /^no answer for https:.*denort-x.zip$/);
  for (
    const stderr of [
      "error: Opening temporary file '/proc/a.tmp': No such file or directory",
      "TS2307 [ERROR]: Cannot find module 'file:///denort.ts'.",
      "Caused by:\n    0: Setting up base binary.\n    1: No space left on device",
      "",
    ]
  ) assert.equal(baseRuntimeFailure(stderr), undefined, stderr);
});

Deno.test("a file of the bundle is read when its import is come to, and not before", () => {
  const before = 'const a = () => import("./serve-A1.js");\nimport { b } from "./c.js";';
  assert.equal(
    readWhenNeeded(before),
    'const a = () => import(String("./serve-A1.js"));\nimport { b } from "./c.js";',
  );
});
