import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../../lib/core/secret.ts";
import { formatSecret, parseSecret } from "../../../lib/core/one_time/secret_text.ts";

const bytes = (text: string) => {
  const secret = parseSecret(text);
  assert(secret instanceof Secret, String(secret));
  return new TextDecoder().decode(secret.reveal());
};

Deno.test("a secret reads back from its own text", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (raw) => {
    const text = formatSecret(new Secret(raw));
    assert.match(text, /^[A-Z2-7]+$/);
    const secret = parseSecret(text);
    assert(secret instanceof Secret);
    assert.deepEqual(secret.reveal(), raw);
  }));
});

Deno.test("a secret is read whatever its case, spacing and padding", () => {
  const rfc4226 = "12345678901234567890";
  assert.equal(bytes("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), rfc4226);
  assert.equal(bytes("gezd gnbv gy3t qojq gezd gnbv gy3t qojq\r\n"), rfc4226);
  assert.equal(bytes("GEZDGNBVGY3TQOJQGEZDGNBVGY======"), "1234567890123456");
});

Deno.test("what is no secret is refused with the reason", () => {
  const rows: [text: string, reason: RegExp, why: string][] = [
    ["", /empty/, "otpauth reads an empty secret from an empty text"],
    [" \n==", /empty/, "nothing but what is ignored"],
    ["GEZDGNBVGY3TQOJQGEZDGNBV", /15 bytes; at least 16/, "one byte short"],
    ["A".repeat(104), /longer than 64/, "one byte too long"],
    ["A".repeat(1_000_000), /longer than 64/, "a file given by mistake"],
    ["GEZDGNBVGY3TQOJ0GEZDGNBVGY3TQOJQ", /character 16/, "0 is not in the alphabet"],
    ["GEZDGNBV=GY3TQOJQGEZDGNBVGY3TQOJQ", /character 9/, "padding inside"],
    ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJſ", /character 32/, "upper case of ſ is S"],
    ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA", /the end/, "33 characters encode nothing"],
    ["GEZDGNBVGY3TQOJQGEZDGNBVGZ", /the end/, "bits beyond the last byte"],
  ];
  for (const [text, reason, why] of rows) {
    const problem = parseSecret(text);
    assert.equal(typeof problem, "string", why);
    assert.match(String(problem), reason, why);
  }
});

Deno.test("a refusal never shows what was typed", () => {
  // Neither digits nor these capitals occur in our own words.
  const alphabet = fc.constantFrom(..."QXVJZ!é§€");
  fc.assert(fc.property(fc.string({ unit: alphabet, maxLength: 200 }), (text) => {
    const result = parseSecret(text);
    if (typeof result === "string") assert.doesNotMatch(result, /[QXVJ!é§€]/);
  }));
});
