/** Which of etcd's members is asked, and what goes with one that is given up. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { Secret } from "../../../../lib/core/secret.ts";
import { Engine } from "../../../../lib/server/fleet/engine/engine.ts";
import { engineLines } from "../../../../lib/server/fleet/engine/json_lines.ts";
import { member } from "./engine_member.ts";

const LEADERLESS = { message: "etcdserver: no leader", code: 14 };

Deno.test("a fault that many questions meet together is one: the next member is asked", async () => {
  const all = Promise.withResolvers<void>();
  let asked = 0;
  await using leaderless = member(async () => {
    if (++asked === 8) all.resolve();
    await all.promise;
    return Response.json(LEADERLESS, { status: 503 });
  });
  await using well = member(() => Response.json({ count: "1" }));
  using engine = new Engine({ endpoints: [leaderless.endpoint, well.endpoint] });
  const answers = Array.from({ length: 8 }, () => engine.call("kv/range", {}, 20_000));
  deepEqual(await Promise.all(answers), Array(8).fill({ count: "1" }));
  deepEqual([leaderless.asked.length, engine.endpoint], [8, well.endpoint]);
});

Deno.test("with a member that is given up its watches end", async () => {
  const answer = () => new Response(new ReadableStream());
  await using gone = member((path) =>
    path === "watch" ? answer() : Response.json(LEADERLESS, { status: 503 })
  );
  await using well = member(() => Response.json({ count: "1" }));
  using engine = new Engine({ endpoints: [gone.endpoint, well.endpoint] });
  const { signal } = new AbortController();
  const body = await engine.stream("watch", {}, signal);
  const lines = rejects(Array.fromAsync(engineLines(body)), /no answer any more$/);
  await engine.call("kv/range", {}, 20_000);
  await lines;
});

Deno.test("a member is to say at once that it has no leader, and hears no other's token", async () => {
  const login = { user: "knockd", password: new Secret(new TextEncoder().encode("p")) };
  const tokens: (string | null)[] = [];
  const heard: (string | null)[] = [];
  const serve = (isWell: boolean) =>
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      heard.push(request.headers.get("grpc-metadata-hasleader"));
      if (request.url.endsWith("auth/authenticate")) {
        return Response.json({ token: isWell ? "second" : "first" });
      }
      tokens.push(request.headers.get("authorization"));
      return isWell
        ? Response.json({ count: "1" })
        : Response.json(LEADERLESS, { status: 503 });
    });
  await using one = serve(false);
  await using other = serve(true);
  const endpoints = [one, other].map(({ addr }) => `http://127.0.0.1:${addr.port}`);
  using engine = new Engine({ endpoints, login });
  await engine.call("kv/range", {}, 20_000);
  deepEqual(tokens, ["first", "second"]);
  equal(heard.every((value) => value === "true"), true);
});
