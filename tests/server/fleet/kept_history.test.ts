import { equal } from "node:assert/strict";
import { Secret } from "../../../lib/core/secret.ts";
import { keptChanges } from "../../../lib/server/fleet/kept_history.ts";
import { member } from "./engine/engine_member.ts";

Deno.test("an etcd that has its first change still has kept them all", async () => {
  const compacted = {
    error: "etcdserver: mvcc: required revision has been compacted",
    code: 11,
  };
  let forgets = false;
  await using own = member(() =>
    forgets
      ? Response.json(compacted, { status: 400 })
      : Response.json({ header: { revision: "70000" } })
  );
  const settings = {
    name: "test",
    node: "a",
    endpoints: [own.endpoint],
    secret: new Secret(new Uint8Array(32)),
    timeout: 3,
  };
  equal(await keptChanges(settings), 70_000);
  forgets = true;
  equal(await keptChanges(settings), 0);
});
