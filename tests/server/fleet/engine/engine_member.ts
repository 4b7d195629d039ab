/** A member of etcd's as one test wants it. */
import type { Engine } from "../../../../lib/server/fleet/engine/engine.ts";
import type { EngineError } from "../../../../lib/server/fleet/engine/engine_error.ts";

/** A member that answers as the test says; what it was asked is kept. */
export function member(
  answer: (
    path: string,
    token: string | null,
    body: Request["json"],
  ) => Response | Promise<Response>,
) {
  const asked: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => {
      const path = new URL(request.url).pathname.replace("/v3/", "");
      asked.push(path);
      return answer(path, request.headers.get("authorization"), () => request.json());
    },
  );
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  return { asked, endpoint, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** The error of a question that goes wrong. */
export function failing(engine: Engine, ms = 2000): Promise<EngineError> {
  return engine.call("kv/range", {}, ms).then(
    () => Promise.reject(new Error("it went well")),
    (error) => error,
  );
}
