import { deepEqual, equal } from "node:assert/strict";
import type { Message } from "../../../ffi/netlink_message.ts";
import { wholeSet } from "../../../ffi/nftables/set_elements.ts";

/** An attribute as the kernel writes it, its value filled up to four bytes. */
function attribute(type: number, value: readonly number[]): number[] {
  const length = 4 + value.length;
  const filling = Array<number>(-value.length & 3).fill(0);
  return [length & 255, length >> 8, type, 0, ...value, ...filling];
}

/** One part of an answer, with elements that have these last bytes of an address. */
function part(...hosts: readonly number[]): Message {
  const elements = hosts.flatMap((host) =>
    attribute(1, attribute(1, attribute(1, [10, 0, 0, host])))
  );
  const body = new Uint8Array([1, 0, 0, 0, ...attribute(3, elements)]);
  return { type: 0, sequence: 1, port: 0, body: new DataView(body.buffer) };
}

/** The hosts that a set has by these answers, the last again and again, and how many it took. */
function hosts(...answers: readonly (readonly Message[])[]) {
  let asked = 0;
  const found = wholeSet(() => answers[Math.min(asked++, answers.length - 1)]!);
  return { found: found.map(({ key }) => key[3]), asked };
}

Deno.test("an answer in one part is whole", () => {
  deepEqual(hosts([part(1, 2, 3)]), { found: [1, 2, 3], asked: 1 });
  deepEqual(hosts([]), { found: [], asked: 1 });
});

Deno.test("an answer in several parts is asked for twice", () => {
  deepEqual(hosts([part(1, 2), part(3)]), { found: [1, 2, 3], asked: 2 });
});

Deno.test("whoever is missing in one part of an answer is found in another, and nobody twice", () => {
  const { found, asked } = hosts(
    [part(1, 2), part(4)],
    [part(1, 2), part(2, 3)],
    [part(1, 2), part(3, 4)],
  );
  deepEqual(found.toSorted(), [1, 2, 3, 4]);
  equal(asked, 4);
});

Deno.test("a set that never stays as it is is asked for a few times", () => {
  let host = 0;
  let asked = 0;
  const found = wholeSet(() => {
    asked++;
    return [part(1), part(10 + host++)];
  });
  equal(asked, 5);
  deepEqual(found.map(({ key }) => key[3]), [1, 10, 11, 12, 13, 14]);
});
