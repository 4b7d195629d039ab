import { deepEqual, equal, match } from "node:assert/strict";
import { Engine } from "../../../../lib/server/fleet/engine/engine.ts";
import { EngineNames } from "../../../../lib/server/fleet/engine/engine_names.ts";
import { failing, member } from "./engine_member.ts";

Deno.test("of a name that no name server knows of one question is open, however many ask", async () => {
  const looked: string[] = [];
  const names = new EngineNames((name) => {
    looked.push(name);
    return new Promise(() => {});
  });
  const endpoints = ["https://m1.test:2379", "https://m2.test:2379"];
  using engine = new Engine({ endpoints }, names);
  const errors = await Promise.all(
    Array.from({ length: 50 }, () => failing(engine, 900)),
  );
  for (const { message } of errors) {
    match(
      message,
      /^https:..m[12].test:2379: no name server says in time|^etcd: too many/,
    );
  }
  match(errors[0]!.message, /m[12].test:2379: no name server/);
  deepEqual(looked, [...new Set(looked)]);
});

Deno.test("a member with a name is asked one thing before it has answered, and then all", async () => {
  const gate = Promise.withResolvers<void>();
  let most = 0;
  await using named = member(async () => {
    most++;
    await gate.promise;
    return Response.json({ count: "1" });
  });
  let looked = 0;
  const names = new EngineNames(() => Promise.resolve(looked++));
  const endpoint = named.endpoint.replace("127.0.0.1", "localhost");
  using engine = new Engine({ endpoints: [endpoint] }, names);
  const answers = Array.from({ length: 8 }, () => engine.call("kv/range", {}, 60_000));
  while (most < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  deepEqual([most, looked], [1, 1]);
  gate.resolve();
  equal((await Promise.all(answers)).length, 8);
  equal(most, 8);
});

Deno.test("a name that nobody knows is said to be that, and an address is never looked up", async () => {
  let looked = 0;
  const names = new EngineNames(() => Promise.reject(new Error(`ENOTFOUND ${looked++}`)));
  using unknown = new Engine({ endpoints: ["https://m1.test:2379"] }, names);
  match(
    (await failing(unknown, 10)).message,
    /^https:..m1.test:2379: its name is not known$/,
  );
  equal(looked, 1);
  await using well = member(() => Response.json({ count: "1" }));
  using engine = new Engine({ endpoints: [well.endpoint] }, names);
  deepEqual(await engine.call("kv/range", {}, 5000), { count: "1" });
  equal(looked, 1);
});
