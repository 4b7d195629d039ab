/** What is kept of sources stays within its bounds, and sources within theirs. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { addressToWords } from "../../../../lib/core/address_words.ts";
import { parseAddress } from "../../../../lib/core/address.ts";
import { Hit } from "../../../../lib/core/hit.ts";
import { halfSipHash } from "../../../../lib/core/matcher/history/half_sip_hash.ts";
import { Records } from "../../../../lib/core/matcher/history/records.ts";
import { Matcher } from "../../../../lib/core/matcher/matcher.ts";
import { matcherSettings } from "../../../../lib/core/matcher/settings.ts";
import { door } from "../../doors.ts";
import { HOST, openings, ordered, packets, play, trial } from "../trial.ts";

const ABC = ordered(door("a", "7000,8000,9000", { tolerance: 64 }));
const KEY = new Uint32Array([1, 2]);

Deno.test("all that is kept of sources fits into 24 MB, whatever the doors are like", () => {
  const { units } = matcherSettings([ABC.door], [], KEY);
  assert.ok(new Records(units, () => 0).bytes <= 24_000_000);
});

Deno.test("what is kept goes back to the system each time that it is forgotten", async () => {
  const { units } = matcherSettings([ABC.door], [], KEY);
  const script = new URL("./flood_memory.ts", import.meta.url).pathname;
  const args = ["run", "--no-check", "--no-config", script, `${units}`];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const floods = new TextDecoder().decode(stdout).trim().split("\n");
  assert.equal(floods.length, 3);
  for (const flood of floods) {
    const [full, forgotten] = flood.split(" ").map(Number);
    assert.ok(full! > 20_000_000 && forgotten! < 10_000_000, flood);
  }
});

Deno.test("200,000 sources are told apart", () => {
  let opened = 0;
  const matcher = new Matcher(matcherSettings([ABC.door], [], KEY), {
    opened: () => opened++,
    advanced: () => {},
    refused: () => {},
  });
  matcher.setHostAddresses([parseAddress(HOST)!]);
  matcher.add(ABC);
  const hit = new Hit();
  hit.destination.set(addressToWords(parseAddress(HOST)!));
  hit.flags = 2;
  for (const [i, port] of [7000, 8000, 9000].entries()) {
    for (let source = 0; source < 200_000; source++) {
      hit.source.set([0, 0, 0xffff, 0x0a000000 + source]);
      hit.time = 1_700_000_000_000 + 5000 * i + source / 100;
      hit.sourcePort = source & 0xffff;
      hit.tcpSequence = 200_000 * i + source;
      hit.port = port;
      matcher.hit(hit);
    }
  }
  assert.ok(opened >= 199_900, `${opened} opened`);
});

Deno.test("whoever knocks loses nothing to sources that hit all they can", () => {
  const one = trial([ABC], "", { units: 256 });
  const [first, second, third] = packets("7000 8000 9000", { time: 1000 });
  one.send(first!);
  for (let i = 0; i < 4000; i++) {
    if (i === 2000) one.send({ ...second!, time: 1020 });
    const port = [7000, 8000, 1 + i % 60][i % 3]!;
    const source = `198.51.100.${i % 50}`;
    play(one, packets(`${port}`, { source, time: 1000 + i / 100 }));
  }
  assert.deepEqual(openings(one.send({ ...third!, time: 1050 })), ["open a 192.0.2.7"]);
});

Deno.test("however little memory there is, who knocks without a pause gets in", () => {
  const act = fc.record({
    source: fc.nat(20),
    port: fc.oneof(fc.constantFrom(7000, 8000, 9000), fc.integer({ min: 1, max: 99 })),
    times: fc.integer({ min: 1, max: 30 }),
  });
  const units = fc.constantFrom(4, 8, 64, 128);
  fc.assert(
    fc.property(fc.array(act, { maxLength: 150 }), units, (acts, units) => {
      const one = trial([ABC], "", { units });
      for (const [i, { source, port, times }] of acts.entries()) {
        const from = { source: `198.51.100.${source}`, time: 1000 + 10 * i };
        for (let k = 0; k < times; k++) play(one, packets(`${port}`, from));
      }
      const knock = packets("7000 8000 9000", { time: 5000 });
      assert.deepEqual(openings(play(one, knock)), ["open a 192.0.2.7"]);
    }),
    { numRuns: 60 },
  );
});

Deno.test("the hash of addresses is HalfSipHash-2-4 by its reference", () => {
  const key = new Uint32Array([0x03020100, 0x07060504]);
  const words = new Uint32Array([0x03020100]);
  assert.equal(halfSipHash(new Uint32Array(0), 0, key) >>> 0, 0x5b9f35a9);
  assert.equal(halfSipHash(words, 0, key) >>> 0, 0x89466e2a);
});
