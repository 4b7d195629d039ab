/** An engine that is none, or out of its mind: what it answers is refused, and nothing more. */
import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { Engine } from "../../../lib/server/fleet/engine/engine.ts";
import { watchAll } from "../../../lib/server/fleet/engine/engine_watch.ts";
import { FleetDoors } from "../../../lib/server/fleet/fleet_doors.ts";
import { listAll } from "../../../lib/server/fleet/listing.ts";
import { Presence } from "../../../lib/server/fleet/presence.ts";
import { Publisher } from "../../../lib/server/fleet/publisher.ts";
import { Spender } from "../../../lib/server/fleet/spender.ts";
import { FakeSystem } from "../fake_system.ts";
import { KEYS, SEAL, SERIES } from "./fleet_lab.ts";

const NONSENSE = [
  "",
  "null",
  "5",
  '"etcd"',
  "[]",
  "{}",
  "<html>sign in</html>",
  '{"header":{"revision":"-1"}}',
  '{"header":{"revision":"1"},"kvs":5}',
  '{"header":{"revision":"1"},"kvs":[null,5,{},{"key":7},{"key":"%"}],"more":true}',
  '{"header":{"revision":"1"},"succeeded":"yes","responses":{"0":[]}}',
  '{"succeeded":false,"responses":[{"response_txn":{"succeeded":1,"responses":[null]}}]}',
  '{"responses":[{"response_range":{"kvs":[null,5]}}]}',
  '{"ID":5,"TTL":[]}',
  '{"result":null}',
  '{"result":{"events":7}}',
  '{"result":{"events":[null,5,{},{"type":"DELETE"},{"kv":{"key":{}}}]}}',
  '{"error":{"message":{}}}',
  '{"result":{"canceled":true,"cancel_reason":[]}}',
];

Deno.test("whatever an engine answers, a node fails in our words and spends nothing", async () => {
  let answer = "";
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(`${answer}\n`),
  );
  const endpoints = [`http://127.0.0.1:${server.addr.port}`];
  for (answer of NONSENSE) {
    using engine = new Engine({ endpoints });
    for (const [what, act] of Object.entries(whatANodeDoes(engine))) {
      const found = await act().catch((error: unknown) => error);
      const fails = found instanceof Failure || found === undefined;
      assert.ok(fails, `${what} of ${answer}: ${found}`);
    }
  }
});

function whatANodeDoes(asked: Engine): Record<string, () => Promise<unknown>> {
  const engine = {
    call: (path: string, body: unknown) => asked.call(path, body, 10),
  };
  const system = new FakeSystem();
  const common = { engine, keys: KEYS, seal: SEAL, system };
  const place = { group: "g", label: "ssh", ip: "192.0.2.7" };
  return {
    listing: () => listAll(engine, KEYS, 10).then(({ entries }) => entries[0]),
    watching: async () => {
      const { signal } = new AbortController();
      const start = { from: 1, patience: 10_000, onBegun: () => {} };
      for await (const event of watchAll(asked, KEYS.watched[0]!, start, signal)) {
        return event;
      }
      return undefined;
    },
    presence: () => {
      const doors = new FleetDoors(() => []);
      return new Presence({ ...common, node: "a", doors, onRival: () => {} }).beat(10);
    },
    publishing: async () => {
      const told: string[] = [];
      const publisher = new Publisher({
        ...common,
        published: (key) => void told.push(key),
        delayed: () => {},
      });
      const facts = { by: "a", once: SERIES };
      const done = publisher.publish(place, facts, 60_000, () => {});
      await system.advance(0);
      await done;
      publisher.close();
      return told[0];
    },
    spending: async () => {
      const spender = new Spender({ ...common, node: "a", timeout: 10 });
      const { kind } = await spender.spend({ id: SERIES }, 1);
      return kind === "spent" || kind === "used" ? kind : undefined;
    },
  };
}
