import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import { hotpCodes } from "../../lib/core/one_time/hotp.ts";
import {
  derivationKey,
  deriveSequence,
  MAX_COUNTER,
  type SequenceShape,
} from "../../lib/core/one_time/derive.ts";
import { Secret } from "../../lib/core/secret.ts";

/** The eight digits that OATH Toolkit computes, as docs/sequence-v1.md shows it. */
async function oathtool(key: Secret, counter: number, i: number): Promise<number> {
  const seconds = BigInt(counter) * 256n + BigInt(i);
  const { success, stdout, stderr } = await new Deno.Command("oathtool", {
    args: [
      "--totp=SHA256",
      "--digits=8",
      "--time-step-size=1s",
      `--now=1970-01-01 00:00:00 UTC + ${seconds} seconds`,
      key.reveal().toHex(),
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}

function randomKey(): Secret {
  return new Secret(crypto.getRandomValues(new Uint8Array(32)));
}

Deno.test("oathtool computes the same code for any key, counter and i", async () => {
  const edges = [0, 1, 2 ** 24, 2 ** 32 - 1, 2 ** 32, 2 ** 45 - 1, 2 ** 45, MAX_COUNTER];
  const random = Array.from(
    { length: 24 },
    (_, n) => Math.floor(Math.random() * 2 ** (2 * n)),
  );
  for (const counter of [...edges, ...random]) {
    const key = randomKey();
    const code = hotpCodes(key, counter);
    for (const i of [0, 255]) {
      assert.equal(
        code(i),
        await oathtool(key, counter, i),
        `counter ${counter}, i ${i}`,
      );
    }
  }
});

Deno.test("oathtool's codes make the same sequence", async () => {
  const shape: SequenceShape = { length: 8, lo: 10000, hi: 59999, protocol: "mixed" };
  const secret = randomKey();
  const source = parseAddress("2001:db8::7");
  assert(source !== undefined);
  const plain = derivationKey(secret, "ssh");
  const bound = derivationKey(secret, "ssh", source);
  const counter = 37037036;
  const expected: { port: number; protocol: string }[] = [];
  for (let i = 0; expected.length < shape.length; i++) {
    const v = await oathtool(i === 0 ? plain : bound, counter, i) % 100000;
    const port = 10000 + Math.floor(v / 2);
    if (expected.some((knock) => knock.port === port)) continue;
    expected.push({ port, protocol: v % 2 === 1 ? "udp" : "tcp" });
  }
  assert.deepEqual(deriveSequence(shape, counter, plain, bound), expected);
});
