import assert from "node:assert/strict";
import type { MetricsFormat } from "../../../lib/server/metrics/exposition.ts";
import { acceptedFormat } from "../../../lib/server/metrics/accepted_format.ts";
import { Failure } from "../../../lib/core/failure.ts";
import { serveMetrics } from "../../../lib/server/metrics/http.ts";
import { answerTo } from "../../../lib/server/metrics/http_answer.ts";

const HERE = "127.0.0.1";
const text = (format: MetricsFormat) =>
  Promise.resolve(format === "openmetrics" ? "# EOF\n" : "# plain\n");

/** Sends what it is given, and reads until the other side hangs up. */
async function exchange(port: number, said: string): Promise<string> {
  using connection = await Deno.connect({ hostname: HERE, port });
  await connection.write(new TextEncoder().encode(said));
  return await new Response(connection.readable).text();
}

Deno.test("metrics are had by HTTP", async () => {
  using server = serveMetrics({ hostname: HERE, port: 0 }, text);
  const url = `http://${HERE}:${server.port}/metrics`;
  const rows: [string, RegExp, string][] = [
    [
      "application/openmetrics-text",
      /^application\/openmetrics-text; version=1/,
      "# EOF\n",
    ],
    ["*/*", /^text\/plain; version=0\.0\.4/, "# plain\n"],
  ];
  for (const [accept, type, body] of rows) {
    const response = await fetch(url, { headers: { accept } });
    assert.match(response.headers.get("content-type")!, type);
    assert.equal(await response.text(), body);
  }
});

Deno.test("OpenMetrics is for whoever asks for it and likes nothing plain better", () => {
  const om = "application/openmetrics-text";
  const rows: [string[], MetricsFormat][] = [
    [[], "prometheus"],
    [["Accept: */*"], "prometheus"],
    [["Accept: text/html,text/plain;q=0.9"], "prometheus"],
    [[`ACCEPT:${om}`], "openmetrics"],
    [[`accept: ${om};version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4`], "openmetrics"],
    [[`Accept: ${om}; q=0.2, text/plain`], "prometheus"],
    [[`Accept: ${om};q=0`], "prometheus"],
    [["Accept: text/plain;q=0.5", `Accept: ${om.toUpperCase()}; q = 0.6`], "openmetrics"],
    [[`X-Accept: ${om}`, "Accept: ;;,=;q=9"], "prometheus"],
  ];
  for (const [fields, format] of rows) assert.equal(acceptedFormat(fields), format);
});

Deno.test("nothing but a reading of metrics from this machine is answered", async () => {
  const rows: [string, RegExp][] = [
    ["GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9666", /^HTTP\/1.1 200 .*# plain\n$/s],
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

Deno.test("whoever sends no end of a request, or too much of one, is hung up on", async () => {
  using server = serveMetrics({ hostname: HERE, port: 0 }, text);
  const endless = "GET /metrics HTTP/1.1\r\n" + "a: b\r\n".repeat(10_000);
  assert.equal(await exchange(server.port, endless).catch(() => ""), "");
  assert.match(await exchange(server.port, "GET /metrics HTTP/1.0\r\n\r\n"), /# plain/);
});

Deno.test("beyond sixteen connections who comes is hung up on, and the others served", async () => {
  using server = serveMetrics({ hostname: HERE, port: 0 }, text);
  const { port } = server;
  const silent: Deno.Conn[] = [];
  for (let i = 0; i < 16; i++) silent.push(await Deno.connect({ hostname: HERE, port }));
  const said = "GET /metrics HTTP/1.0\r\n\r\n";
  assert.equal(await exchange(port, said).catch(() => ""), "");
  silent.pop()!.close();
  let answer = "";
  while (answer === "") answer = await exchange(port, said).catch(() => "");
  assert.match(answer, /# plain/);
  silent.forEach((connection) => connection.close());
});

Deno.test("a port that is taken is a failure that says so", () => {
  using server = serveMetrics({ hostname: HERE, port: 0 }, text);
  assert.throws(
    () => serveMetrics({ hostname: HERE, port: server.port }, text),
    (error) => error instanceof Failure && /port \d+ of 127.0.0.1: /.test(error.message),
  );
});
