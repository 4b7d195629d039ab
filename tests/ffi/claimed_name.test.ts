import { deepEqual, equal, ok } from "node:assert/strict";
import { ClaimedName } from "../../ffi/claimed_name.ts";

const linux = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "a name is one process's until it gives it back, and who asks hears whose",
  linux,
  () => {
    const name = `knockd/test/${crypto.randomUUID()}`;
    const first = ClaimedName.claim(name);
    ok(first instanceof ClaimedName);
    for (let times = 0; times < 100; times++) {
      deepEqual(ClaimedName.claim(name), { uid: Deno.uid(), gid: Deno.gid() });
    }
    first[Symbol.dispose]();
    const next = ClaimedName.claim(name);
    ok(next instanceof ClaimedName);
    first[Symbol.dispose]();
    ok(
      !(ClaimedName.claim(name) instanceof ClaimedName),
      "giving back twice is harmless",
    );
    next[Symbol.dispose]();
  },
);

Deno.test("what can't be a name is nobody's", linux, () => {
  equal(ClaimedName.claim("x".repeat(200)), undefined);
});
