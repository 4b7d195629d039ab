import { deepEqual, match } from "node:assert/strict";
import { Secret } from "../../../lib/core/secret.ts";
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
