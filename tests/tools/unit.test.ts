import assert from "node:assert/strict";
import { divide } from "../../tools/test/unit.ts";

Deno.test("each unit test is in one part, with the files of its folder", () => {
  const files = [
    "tests/core/filter.test.ts",
    "tests/house/files.test.ts",
    "tests/server/daemon.test.ts",
    "tests/server/knocks/packets/packets.test.ts",
    "tests/server/leases/leases_end.test.ts",
    "tests/server/leases_of_another_kind.test.ts",
  ];
  const parts = divide(files);
  assert.deepEqual(parts.flat().sort(), files);
  assert.deepEqual(parts[0], ["tests/server/leases/leases_end.test.ts"]);
  assert.deepEqual(parts[2], ["tests/server/knocks/packets/packets.test.ts"]);
});
