import assert from "node:assert/strict";
import { exposure } from "../../lib/files/secret_mode.ts";

Deno.test("what narrows a secret's mode keeps a service of its own user in", () => {
  const hint = (mode: number, owner: number, group: number, service?: number) => {
    const source = { path: "/a", text: "", mode, owner, group };
    return exposure(source, () => service)?.hint;
  };
  assert.equal(hint(0o644, 0, 990, 990), "chmod 640 /a");
  assert.equal(hint(0o644, 0, 0, 990), "chgrp knockd /a && chmod 640 /a");
  assert.equal(hint(0o640, 993, 990, 990), "chown root /a && chmod 640 /a");
  assert.equal(hint(0o600, 4_000_001, 990, 990), "chown root /a && chmod 640 /a");
  assert.equal(hint(0o600, 4_000_001, 4, 990), "chown root /a");
});
