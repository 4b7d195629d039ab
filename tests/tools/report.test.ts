import assert from "node:assert/strict";
import { readReport } from "../../tools/test/steps.ts";

Deno.test("a report tells what passed, what failed and what was skipped", () => {
  const xml = `<?xml version="1.0"?>
    <testsuites name="deno test" tests="4"><testsuite name="./a.test.ts" tests="4">
        <testcase name="one &lt;of&gt; &quot;many&quot;" classname="./a.test.ts" time="0.1"/>
        <testcase name="parent" classname="./a.test.ts" time="0.1">
        </testcase>
        <testcase name="wrong" classname="./a.test.ts" time="0.1">
            <failure message="Uncaught">&lt;skipped/&gt;
    at line 1</failure>
        </testcase>
        <testcase name="parent &gt; not run: why" classname="./a.test.ts" time="0.1">
            <skipped/>
        </testcase>
    </testsuite></testsuites>`;
  const { passed, failed, skipped } = readReport(xml);
  assert.deepEqual({ passed, failed, skipped }, {
    passed: 2,
    failed: [{ name: "wrong", why: "<skipped/>\n    at line 1" }],
    skipped: ["parent > not run: why"],
  });
});

Deno.test("a report that there is not tells nothing", () => {
  assert.deepEqual(readReport(""), { passed: 0, failed: [], skipped: [] });
});
