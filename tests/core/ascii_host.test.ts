import assert from "node:assert/strict";
import { asciiHost } from "../../lib/core/ascii_host.ts";
import { formatEnrolment, parseEnrolment } from "../../lib/core/one_time/enrolment.ts";
import { anEnrolment } from "./one_time/enrolments.ts";

Deno.test("a name with other letters is one that resolvers know", () => {
  assert.equal(asciiHost("Bücher.example"), "xn--bcher-kva.example");
  assert.equal(asciiHost("日本。jp"), "xn--wgv71a.jp");
  const fields = { ...formatEnrolment(anEnrolment()), host: "bücher.example" };
  const enrolment = parseEnrolment(fields);
  assert.ok(typeof enrolment !== "string");
  assert.equal(enrolment.host, "xn--bcher-kva.example");
});

Deno.test("what is no such name stays as it is, and is refused as a host", () => {
  assert.equal(asciiHost("Gate_1.example.org."), "Gate_1.example.org.");
  assert.equal(asciiHost("fe80::1%eth0"), "fe80::1%eth0");
  const odd = [
    "bü cher.de",
    "bü%41.de",
    "bü@x.de",
    "bü:80",
    "bü/x",
    "bü#x",
    "a\u200db.de",
  ];
  for (const host of odd) {
    assert.equal(asciiHost(host), host);
    const fields = { ...formatEnrolment(anEnrolment()), host };
    assert.match(String(parseEnrolment(fields)), /^host is missing or wrong/);
  }
});
