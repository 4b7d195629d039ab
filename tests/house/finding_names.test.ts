import assert from "node:assert/strict";
import { FINDING_NAMES, severityOf } from "../../lib/config/finding_names.ts";
import { readProgram } from "./modules.ts";

Deno.test("docs/advice.md has a row for every finding of check's, and for no other", async () => {
  const page = await Deno.readTextFile(
    new URL("../../docs/advice.md", import.meta.url),
  );
  const rows = page.matchAll(/^\| `([a-z0-9-]+)` +\| (\w+)/gm);
  assert.deepEqual(
    [...rows].map(([, name, severity]) => `${name} ${severity}`).sort(),
    FINDING_NAMES.map((name) => `${name} ${severityOf(name)}`).sort(),
  );
});

Deno.test("every name of a finding is said by some judge", async () => {
  const judges = (await readProgram()).filter(({ path }) =>
    path !== "lib/config/finding_names.ts"
  );
  const unsaid = FINDING_NAMES.filter((name) =>
    !judges.some(({ text }) => text.includes(`"${name}"`))
  );
  assert.deepEqual(unsaid, []);
});
