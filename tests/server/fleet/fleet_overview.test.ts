import { deepEqual, match } from "node:assert/strict";
import { Secret } from "../../../lib/core/secret.ts";
import { toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { formatEntry } from "../../../lib/server/fleet/entry.ts";
import { EntrySeal } from "../../../lib/server/fleet/entry_seal.ts";
import { overviewOf } from "../../../lib/server/fleet/fleet_overview.ts";
import { member } from "./engine/engine_member.ts";

Deno.test("a learner, which only tells of itself, is no member that answers", async () => {
  const status = { version: "3.4.23", leader: "1", header: { member_id: "2" } };
  const kept = { header: { revision: "1" } };
  const answering = (isLearner: boolean) =>
    member((path) =>
      Response.json(path === "maintenance/status" ? { ...status, isLearner } : kept)
    );
  await using own = answering(false);
  await using learner = answering(true);
  const { members } = await overviewOf({
    name: "test",
    node: "a",
    endpoints: [own.endpoint, learner.endpoint],
    secret: new Secret(new Uint8Array(32)),
    timeout: 3,
  });
  deepEqual(members.map(({ why }) => why), [
    undefined,
    "etcdserver: rpc not supported for learner",
  ]);
  match(`${members[1]!.hint}`, /member promote/);
});

Deno.test("a node that is about to be gone was heard long ago, and has a clock that is right", async () => {
  const secret = new Secret(new Uint8Array(32));
  const key = "knockd/v1/test/node/b";
  const heardLast = {
    ...{ v: 1, version: "1.0.0", boot: "0".repeat(32), doors: [] } as const,
    at: Date.now() - 30_000,
  };
  const value = formatEntry("node", heardLast, key, new EntrySeal(secret));
  const kvs = [{ key: toEngine(key), value: toEngine(value), lease: "7" }];
  // etcd's JSON has no zeros; of a lease that is over it says -1.
  for (const answer of [{ grantedTTL: "30" }, { TTL: "-1" }]) {
    await using own = member((path) =>
      Response.json(
        path === "lease/timetolive" ? answer : { header: { revision: "1" }, kvs },
      )
    );
    const endpoints = [own.endpoint];
    const { nodes } = await overviewOf({
      ...{ name: "test", node: "a", timeout: 3 },
      ...{ endpoints, secret },
    });
    deepEqual(nodes.map(({ heard }) => heard), [30]);
    match(`${nodes[0]!.ahead}`, /^-?[0-3]$/);
  }
});
