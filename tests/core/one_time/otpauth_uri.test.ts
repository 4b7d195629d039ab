import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../../any_text.ts";
import { TOTP, URI } from "otpauth";
import { formatUri, parseUri } from "../../../lib/core/one_time/otpauth_uri.ts";
import { formatSecret } from "../../../lib/core/one_time/secret_text.ts";
import { anEnrolment, enrolments } from "./enrolments.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const VALID = formatUri(anEnrolment());

Deno.test("an enrolment reads back from its URI", () => {
  fc.assert(fc.property(enrolments, (enrolment) => {
    const parsed = parseUri(formatUri(enrolment));
    assert(typeof parsed !== "string", String(parsed));
    const { secret, ...rest } = parsed;
    const { secret: expectedSecret, ...expected } = enrolment;
    assert.deepEqual(rest, expected);
    assert.deepEqual(secret.reveal(), expectedSecret.reveal());
  }));
});

Deno.test("the longest names still make a URI that is read", () => {
  const longest = "🔑".repeat(127);
  const enrolment = anEnrolment({ door: longest, client: longest });
  assert.notEqual(typeof parseUri(formatUri(enrolment)), "string");
});

Deno.test("a URI is one line of plain characters", () => {
  fc.assert(fc.property(enrolments, (enrolment) => {
    assert.match(formatUri(enrolment), /^otpauth:[!-~]+$/);
  }));
});

Deno.test("authenticator programs read the standard part of a URI", () => {
  fc.assert(fc.property(enrolments, (enrolment) => {
    const otp = URI.parse(formatUri(enrolment));
    assert.equal(otp.secret.base32, formatSecret(enrolment.secret));
    assert.equal(otp.issuer, "knockd");
    assert.equal(otp.label, `${enrolment.client}@${enrolment.host}`);
    assert.equal(otp.algorithm, "SHA256");
    assert.equal(otp.digits, 8);
    if (otp instanceof TOTP) assert.equal(otp.period, enrolment.otp.period);
    else assert.equal(otp.counter, enrolment.counter);
  }));
});

Deno.test("a URI with the usual values is the documented one", () => {
  assert.equal(
    VALID,
    "otpauth://totp/knockd:alice%40example.org?issuer=knockd&algorithm=SHA256&digits=8" +
      `&knock=v1&host=example.org&door=ssh&client=alice&secret=${SECRET}` +
      "&period=30&length=5&ports=10000-59999&protocol=tcp",
  );
});

Deno.test("a link to the page is read as the URI in it", () => {
  for (const page of ["https://example.org/knock.html?a=1", "file:///sdcard/k.html"]) {
    const parsed = parseUri(`${page}#${VALID}&then=ssh%3A%2F%2Fexample.org\n`);
    assert(typeof parsed !== "string", `${parsed}`);
    assert.equal(parsed.client, "alice");
  }
  assert.equal(typeof parseUri(`https://a#https://b#${VALID}`), "string");
});

Deno.test("parameters that others added do not matter", () => {
  const parsed = parseUri(`\n ${VALID}&image=x \r\n`);
  assert(typeof parsed !== "string");
  assert.equal(parsed.host, "example.org");
});

Deno.test("a URI that is not ours, or not whole, is refused with the reason", () => {
  const rows: [from: string, to: string, reason: RegExp, why: string][] = [
    ["otpauth://totp", "https://totp", /not an otpauth/, "another scheme"],
    ["otpauth://totp", "otpauth://steam", /not an otpauth/, "another type"],
    ["&knock=v1", "", /knock is not v1/, "an account of something else"],
    ["knock=v1", "knock=v2", /knock is not v1/, "a format of the future"],
    ["SHA256", "SHA1", /algorithm/, "another algorithm gives other ports"],
    ["digits=8", "digits=6", /digits/, "fewer digits give other ports"],
    [`&secret=${SECRET}`, "", /secret is empty/, "no secret"],
    [SECRET, SECRET.slice(0, 16), /10 bytes/, "a short secret"],
    ["&period=30", "", /period/, "the period can't be guessed"],
    ["period=30", "period=0", /period/, "no steps"],
    ["period=30", "period=1e1", /period/, "not decimal"],
    ["otpauth://totp", "otpauth://hotp", /counter/, "a counter is needed"],
    ["length=5", "length=33", /length/, "beyond the format"],
    ["ports=10000-59999", "ports=10000-10003", /too few/, "a range too small"],
    ["ports=10000-59999", "ports=59999", /ports/, "no range"],
    ["protocol=tcp", "protocol=icmp", /protocol/, "no such protocol"],
    ["host=example.org", "host=example.org%2Fx", /host/, "no host name"],
    ["host=example.org", "host=-oProxyCommand", /host/, "reads as an option"],
    ["host=example.org", "host=%1B%5B2J", /host/, "would clear a terminal"],
    ["host=example.org", `host=${"a.".repeat(127)}a`, /host/, "longer than names are"],
    ["door=ssh", "door=my%20door", /label/, "a door's name that is no label"],
    ["door=ssh", "door=ssh&label=a%2Fb", /label/, "a label that is none"],
    ["client=alice", "client=%E2%80%AE", /client/, "would reverse a line"],
    ["client=alice", "client=%FF", /escape/, "not UTF-8"],
    ["client=alice", "client=a&client=b", /client twice/, "which one?"],
    ["client=alice", "client", /NAME=VALUE/, "no value"],
    ["client=alice", `client=${"a".repeat(9000)}`, /longer than/, "endless"],
    ["protocol=tcp", "protocol=tcp&bind_source=1", /bind_source/, "true or false"],
  ];
  for (const [from, to, reason, why] of rows) {
    assert(VALID.includes(from), why);
    const problem = parseUri(VALID.replace(from, to));
    assert.equal(typeof problem, "string", why);
    assert.match(String(problem), reason, why);
  }
});

Deno.test("reading a URI never throws and never shows what was read", () => {
  const pieces = fc.constantFrom(...VALID.split(/(?<=[?&=/:])/), SECRET, "%", "🔑", "\0");
  const mutated = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
  const cut = fc.nat(VALID.length).map((end) => VALID.slice(0, end));
  const spliced = fc.tuple(fc.nat(VALID.length), fc.string()).map(([at, text]) =>
    VALID.slice(0, at) + text + VALID.slice(at + 1)
  );
  const hostile = fc.oneof(mutated, cut, spliced, anyText());
  fc.assert(
    fc.property(hostile, (text) => {
      const result = parseUri(text);
      if (typeof result === "string") assert.doesNotMatch(result, /GEZDG|ZDGN/);
    }),
    { numRuns: 100 },
  );
});
