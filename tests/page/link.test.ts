import assert from "node:assert/strict";
import { readLink } from "../../lib/page/link.js";

const URI = "otpauth://totp/knockd:a?issuer=knockd&algorithm=SHA256&digits=8&knock=v1" +
  "&host=gate.example.org&door=ssh&client=alice&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" +
  "&period=30&length=5&ports=10000-59999&protocol=tcp";

const wrong: [string, string][] = [
  ["another program's", URI.replace("knock=v1", "knock=v2")],
  ["a parameter twice", `${URI}&host=evil.example`],
  ["a short secret", URI.replace(/secret=\w+/, "secret=GEZD")],
  ["no Base32", URI.replace(/secret=\w+/, "secret=0000000000000000000000000000")],
  ["a host that is none", URI.replace("gate.example.org", "a%2Fb")],
  ["a broken escape", URI.replace("alice", "%zz")],
  ["too few ports", URI.replace("10000-59999", "10000-10010")],
  ["nothing", ""],
];
for (const [what, text] of wrong) {
  Deno.test(`the page refuses ${what}`, () => assert.equal(readLink(text), "notALink"));
}

Deno.test("the page says that it can't knock on a bound door", () => {
  assert.equal(readLink(`${URI}&bind_source=true`), "boundDoor");
});

Deno.test("the page says that it can't knock at a link-local address", () => {
  const near = URI.replace("gate.example.org", "fe80%3A%3A1%25eth0");
  assert.equal(readLink(near), "linkLocal");
});

Deno.test("what follows a knock is a link, and no script", () => {
  const then = (link: string) => {
    const found = readLink(`${URI}&then=${encodeURIComponent(link)}`);
    return (found as { then?: string }).then;
  };
  assert.equal(then("ssh://gate.example.org"), "ssh://gate.example.org");
  assert.equal(then("javascript:alert(1)"), undefined);
  assert.equal(then("data:text/html,x"), undefined);
  assert.equal(then(" javascript:alert(1)"), undefined);
  assert.equal(then("JAVASCRIPT:alert(1)"), undefined);
  assert.equal(then("java\tscript:alert(1)"), undefined);
  assert.equal(then("file:///etc/passwd"), undefined);
  assert.equal(then("no link"), undefined);
});
