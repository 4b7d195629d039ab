import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { MetricsServer } from "../../../lib/server/metrics/http.ts";
import { answerTo } from "../../../lib/server/metrics/http_answer.ts";

const HERE = "127.0.0.1";
const text = () => Promise.resolve("# EOF\n");

/** Sends what it is given, and reads until the other side hangs up. */
async function exchange(port: number, said: string): Promise<string> {
  using connection = await Deno.connect({ hostname: HERE, port });
  await connection.write(new TextEncoder().encode(said));
  return await new Response(connection.readable).text();
}

Deno.test("metrics are had by HTTP", async () => {
  using server = MetricsServer.open({ hostname: HERE, port: 0 }, text);
  const response = await fetch(`http://${HERE}:${server.port}/metrics`);
  assert.match(response.headers.get("content-type")!, /^application\/openmetrics-text/);
  assert.equal(await response.text(), "# EOF\n");
});

Deno.test("nothing but a reading of metrics from this machine is answered", async () => {
  const rows: [string, RegExp][] = [
    ["GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9666", /^HTTP\/1.1 200 .*# EOF\n$/s],
    ["GET /metrics?a=b HTTP/1.0", /^HTTP\/1.1 200 /],
    ["HEAD /metrics HTTP/1.1\r\nhost: [::1]:9666", /^HTTP\/1.1 200 [^]*\r\n\r\n$/],
    ["GET / HTTP/1.1\r\nHost: localhost:9666", /^HTTP\/1.1 404 /],
    ["POST /metrics HTTP/1.1\r\nHost: localhost", /^HTTP\/1.1 405 /],
    ["GET /metrics HTTP/1.1\r\nHost: rebound.example", /^HTTP\/1.1 403 /],
    ["GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: a.example", /^HTTP\/1.1 403 /],
    ["GET /metrics", /^HTTP\/1.1 400 /],
    ["\x16\x03\x01", /^HTTP\/1.1 400 /],
    ["", /^HTTP\/1.1 400 /],
  ];
  for (const [head, expected] of rows) assert.match(await answerTo(head, text), expected);
});

Deno.test("who sends no end of a request, or too much of one, is hung up on", async () => {
  using server = MetricsServer.open({ hostname: HERE, port: 0 }, text);
  const endless = "GET /metrics HTTP/1.1\r\n" + "a: b\r\n".repeat(10_000);
  assert.equal(await exchange(server.port, endless).catch(() => ""), "");
  assert.match(await exchange(server.port, "GET /metrics HTTP/1.0\r\n\r\n"), /# EOF/);
});

Deno.test("beyond sixteen connections who comes is hung up on, and the others served", async () => {
  using server = MetricsServer.open({ hostname: HERE, port: 0 }, text);
  const { port } = server;
  const silent: Deno.Conn[] = [];
  for (let i = 0; i < 16; i++) silent.push(await Deno.connect({ hostname: HERE, port }));
  const said = "GET /metrics HTTP/1.0\r\n\r\n";
  assert.equal(await exchange(port, said).catch(() => ""), "");
  silent.pop()!.close();
  let answer = "";
  while (answer === "") answer = await exchange(port, said).catch(() => "");
  assert.match(answer, /# EOF/);
  silent.forEach((connection) => connection.close());
});

Deno.test("a port that is taken is a failure that says so", () => {
  using server = MetricsServer.open({ hostname: HERE, port: 0 }, text);
  assert.throws(
    () => MetricsServer.open({ hostname: HERE, port: server.port }, text),
    (error) => error instanceof Failure && /port \d+ of 127.0.0.1: /.test(error.message),
  );
});
