import { deepEqual, equal, match } from "node:assert/strict";
import { Secret } from "../../../../lib/core/secret.ts";
import { Engine } from "../../../../lib/server/fleet/engine/engine.ts";
import {
  unreachable,
  unusable,
} from "../../../../lib/server/fleet/engine/engine_error.ts";
import { failing, member } from "./engine_member.ts";

const LOGIN = {
  user: "knockd",
  password: new Secret(new TextEncoder().encode("password")),
};

function refusal(code: number, message: string, status = 400): Response {
  return Response.json({ error: message, message, code }, { status });
}

Deno.test("the engine is asked elsewhere when a member can't answer", async () => {
  await using leaderless = member(() => refusal(14, "etcdserver: no leader", 503));
  await using well = member(() => Response.json({ count: "1" }));
  using engine = new Engine({ endpoints: [leaderless.endpoint, well.endpoint] });
  deepEqual(await engine.call("kv/range", {}, 5000), { count: "1" });
  deepEqual(await engine.call("kv/range", {}, 5000), { count: "1" });
  deepEqual([leaderless.asked.length, well.asked.length], [1, 2]);
});

Deno.test("the engine is asked itself, whatever proxy the environment names", async () => {
  await using well = member(() => Response.json({ count: "1" }));
  const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY"];
  const before = names.map((name) => Deno.env.get(name));
  for (const name of names) Deno.env.set(name, "http://127.0.0.1:9");
  try {
    using engine = new Engine({ endpoints: [well.endpoint] });
    deepEqual(await engine.call("kv/range", {}, 5000), { count: "1" });
    deepEqual(
      names.map((name) => Deno.env.get(name)),
      Array(3).fill("http://127.0.0.1:9"),
    );
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[i]);
    });
  }
});

Deno.test("a member is asked 32 questions at once, and the others wait", async () => {
  const gate = Promise.withResolvers<void>();
  let [now, most] = [0, 0];
  await using busy = member(async () => {
    most = Math.max(most, ++now);
    await gate.promise;
    now--;
    return Response.json({ count: "1" });
  });
  using engine = new Engine({ endpoints: [busy.endpoint] });
  const answers = Array.from({ length: 100 }, () => engine.call("kv/range", {}, 60_000));
  while (now < 32) await new Promise((resolve) => setTimeout(resolve, 1));
  match((await failing(engine, 50)).message, /^etcd: too many questions at once/);
  gate.resolve();
  equal((await Promise.all(answers)).length, 100);
  equal(most, 32);
});

Deno.test("what one member says counts for more than that another one is silent", async () => {
  const silence = Promise.withResolvers<void>();
  await using silent = member(() => silence.promise.then(() => Response.json({})));
  await using telling = member(() => refusal(14, "etcdserver: no leader", 503));
  {
    using engine = new Engine({ endpoints: [telling.endpoint, silent.endpoint] });
    match((await failing(engine, 2000)).message, /no leader$/);
  }
  silence.resolve();
});

Deno.test("what is wrong by etcd's words comes with what helps", async () => {
  const rows: [string, RegExp][] = [
    ["etcdserver: permission denied", /knockd fleet init/],
    ["etcdserver: authentication failed, invalid user ID or password", /password_file/],
    ["etcdserver: user name is empty", /give \[fleet\] user/],
    ["etcdserver: authentication is not enabled", /auth enable/],
    ["etcdserver: mvcc: database space exceeded", /alarm disarm/],
    ["etcdserver: rpc not supported for learner", /member promote/],
  ];
  for (const [words, hint] of rows) {
    await using etcd = member(() => refusal(9, words));
    using engine = new Engine({ endpoints: [etcd.endpoint] });
    match((await failing(engine)).hint!, hint);
  }
});

Deno.test("a refusal that no other try mends is the answer", async () => {
  await using strict = member(() => refusal(7, "etcdserver: permission denied", 403));
  using engine = new Engine({ endpoints: [strict.endpoint] });
  match((await failing(engine)).message, /permission denied$/);
  equal(strict.asked.length, 1);
});

Deno.test("many calls log in once, and once more when the member has forgotten them", async () => {
  let known = 0;
  await using etcd = member((path, token) => {
    if (path === "auth/authenticate") return Response.json({ token: `token ${++known}` });
    if (token === `token ${known}`) return Response.json({});
    return refusal(16, "etcdserver: invalid auth token", 401);
  });
  using engine = new Engine({ endpoints: [etcd.endpoint], login: LOGIN });
  const calls = () =>
    Promise.all(Array.from({ length: 20 }, () => engine.call("kv/range", {}, 5000)));
  await calls();
  equal(etcd.asked.filter((path) => path.startsWith("auth/")).length, 1);
  known++;
  await calls();
  equal(etcd.asked.filter((path) => path.startsWith("auth/")).length, 2);
});

Deno.test("a member that does not answer a login keeps nobody from asking the next one", async () => {
  const silence = Promise.withResolvers<void>();
  await using silent = member(() => silence.promise.then(() => Response.json({})));
  await using well = member(() => Response.json({ token: "1" }));
  {
    const endpoints = [silent.endpoint, well.endpoint];
    using engine = new Engine({ endpoints, login: LOGIN });
    const calls = [1, 2, 3].map(() => engine.call("kv/range", {}, 2000));
    deepEqual(await Promise.all(calls), Array(3).fill({ token: "1" }));
    equal(well.asked.filter((path) => path.startsWith("auth/")).length, 1);
  }
  silence.resolve();
});

Deno.test("rights that were changed take a new login", async () => {
  let logins = 0;
  await using etcd = member((path, token) => {
    if (path === "auth/authenticate") return Response.json({ token: `${++logins}` });
    return token === "2"
      ? Response.json({})
      : refusal(3, "etcdserver: revision of auth store is old");
  });
  using engine = new Engine({ endpoints: [etcd.endpoint], login: LOGIN });
  deepEqual(await engine.call("kv/range", {}, 5000), {});
});

Deno.test("what is no etcd, or says too much, is an error in a line", async () => {
  for (
    const body of ["<html>", "[]x", "\u001b[31mred", "x".repeat(9_000_000)]
  ) {
    await using other = member(() => new Response(body));
    using engine = new Engine({ endpoints: [other.endpoint] });
    const { message } = await failing(engine, 600);
    match(message, /^[\x20-\x7e]{1,300}$/);
  }
});

Deno.test("etcd's words about a Common Name become ours", async () => {
  const words =
    "CommonName of client sending a request against gateway will be ignored " +
    "and not used as expected";
  await using etcd = member(() => new Response(words, { status: 400 }));
  using engine = new Engine({ endpoints: [etcd.endpoint], login: LOGIN });
  const error = await failing(engine);
  match(error.message, /this node's certificate has a Common Name/);
  match(error.hint!, /empty subject/);
  equal(etcd.asked.length, 1);
});

Deno.test("why a connection is not made is said as the runtime knows it, in a line", async () => {
  await using plain = member(() => Response.json({}));
  const secure = plain.endpoint.replace("http:", "https:");
  const error = await fetch(secure).then(() => undefined, (error) => error);
  equal(unreachable("https://x", error).message, "https://x: it does not speak TLS");
});

Deno.test("what is wrong with a certificate is said in our words, with what helps", () => {
  const rows: [string, RegExp, RegExp][] = [
    ["UnknownIssuer", /signed by somebody else than fleet.ca$/, /authority/],
    ['certificate not valid for name "x"; it is not', /another name/, /subjectAltName/],
    ["Expired", /time is over$/, /clock/],
    ["certificate expired: verification time 9 (UNIX), but", /time is over$/, /clock/],
    ["NotValidYet", /yet to come$/, /clock/],
    ["connection error: received fatal alert: CertificateExpired", /refuses/, /now/],
    ["stream closed because of a broken pipe", /closed the connection$/, /certificate/],
    ["certificate not valid yet: verification time 9", /yet to come$/, /clock/],
  ];
  for (const [theirs, words, hint] of rows) {
    const cause = new Error(
      `error sending request for url (https://x): client error (Connect): invalid peer certificate: ${theirs}`,
    );
    const error = unreachable("https://x", new TypeError("fetch failed", { cause }));
    match(error.message, words);
    match(error.hint ?? "", hint);
    equal(error.passes, true);
  }
  const alert = new Error(
    "client error (SendRequest): received fatal alert: BadCertificate",
  );
  match(unreachable("https://x", alert).message, /refuses this node's certificate$/);
  const other = new TypeError("fetch failed", {
    cause: new Error("dns error: no such name"),
  });
  equal(unreachable("https://x", other).message, "https://x: dns error: no such name");
});

Deno.test("a port at which nobody is to be asked is a reason", async () => {
  const refused = await fetch("http://127.0.0.1:9").catch((error) => error);
  const { message, hint } = unreachable("http://127.0.0.1:9", refused);
  match(message, /:9: its port is one at which HTTP clients ask nobody$/);
  match(hint ?? "", /fleet\.endpoints$/);
});

Deno.test("a certificate that can't be used is a reason, and ends nothing", async () => {
  const pem = (what: string) => `-----BEGIN ${what}-----\nMAA=\n-----END ${what}-----\n`;
  const key = new Secret(new TextEncoder().encode(pem("PRIVATE KEY")));
  const identity = { cert: pem("CERTIFICATE"), key };
  using engine = new Engine({ endpoints: ["https://127.0.0.1:9"], identity });
  match((await failing(engine)).message, /^fleet.cert, fleet.key and fleet.ca can't be/);
});

Deno.test("without fleet.ca the system's certificates are named where they can't be read", () => {
  // The runtime's words, where SSL_CERT_FILE leads nowhere.
  const words = "Failed to load platform certificates: No such file (os error 2)";
  const { message, hint } = unusable(new Error(words));
  equal(message, "the system's certificates can't be read: No such file");
  match(hint ?? "", /^give fleet\.ca .* SSL_CERT_FILE /);
});
