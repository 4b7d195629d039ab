import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { addressFromBytes, parseAddress } from "../../lib/core/address.ts";
import { addressFromWords, addressToWords } from "../../lib/core/address_words.ts";

Deno.test("addresses have one canonical text", () => {
  const rows: [string, string | undefined, string][] = [
    ["10.0.0.1", "10.0.0.1", "IPv4"],
    ["255.255.255.255", "255.255.255.255", "the last one"],
    ["::1", "::1", "IPv6"],
    ["2001:0DB8:0:0::0001", "2001:db8::1", "RFC 5952: lower case, zeros shortened"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "RFC 5952: one zero is kept"],
    ["::ffff:10.0.0.1", "10.0.0.1", "a mapped address is the IPv4 one"],
    ["::ffff:a00:1", "10.0.0.1", "mapped, in hexadecimal"],
    ["::10.0.0.1", "::a00:1", "the old compatible form is IPv6"],
    ["127.1", undefined, "two parts"],
    ["010.0.0.1", undefined, "octal or decimal? nobody knows"],
    ["0x7f.0.0.1", undefined, "hexadecimal"],
    ["2130706433", undefined, "one number"],
    ["256.0.0.1", undefined, "a part too large"],
    ["1.2.3.4.5", undefined, "five parts"],
    ["fe80::1%eth0", undefined, "a zone"],
    ["1::2::3", undefined, "shortened twice"],
    ["::ffff:010.0.0.1", undefined, "octal within a mapped address"],
    ["[::1]", undefined, "brackets belong to URLs"],
    ["localhost", undefined, "a name"],
    ["", undefined, "nothing"],
    [" 10.0.0.1", undefined, "a space"],
    ["10.0.0.1\n", undefined, "a line end"],
  ];
  for (const [text, expected, why] of rows) {
    equal(parseAddress(text)?.text, expected, why);
  }
});

const bytes = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((last) =>
    Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...last])
  ),
  fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 }),
);

Deno.test("the text of an address leads back to its bytes", () => {
  fc.assert(fc.property(bytes, (any) => {
    const address = addressFromBytes(any);
    deepEqual(parseAddress(address.text), address);
    deepEqual(address.bytes, any);
  }));
});

Deno.test("the words of an address lead back to it", () => {
  fc.assert(fc.property(bytes, (any) => {
    const address = addressFromBytes(any);
    deepEqual(addressFromWords(addressToWords(address)), address);
  }));
});

Deno.test("an address keeps its bytes when the buffer it came from is reused", () => {
  const buffer = new Uint8Array(16);
  const address = addressFromBytes(buffer);
  buffer.fill(1);
  equal(address.bytes[0], 0);
  throws(() => addressFromBytes(new Uint8Array(4)), RangeError);
});

Deno.test("any text is an address or none, and never an exception", () => {
  const characters = fc.constantFrom(..."0123456789abcdef:.%/x ");
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 45 }), (text) => {
      const address = parseAddress(text);
      if (address) deepEqual(parseAddress(address.text), address);
    }),
    { numRuns: 2000 },
  );
});
