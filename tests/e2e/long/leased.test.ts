/** Ten doors that are open for twenty each; `deno task attack` opens them for a thousand. */
import assert from "node:assert/strict";
import { leased } from "../../attack/leased.ts";

for (const opens of ["command", "kernel"] as const) {
  Deno.test(`a killed daemon's successor closes every door of ten that were open for twenty each, by ${opens}`, async () => {
    const report = await leased({ each: 20, opens, say: () => {} });
    const { leases, doors, faults, code, ...measured } = report;
    console.log(JSON.stringify(measured));
    assert.deepEqual({ leases, doors, faults, code }, {
      leases: [200, 200, 0],
      doors: [200, 200, 0],
      faults: [],
      code: 0,
    });
  });
}
