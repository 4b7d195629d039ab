/** Recordings of more than one interface, which libpcap reads where they are alike. */
import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { Recording } from "../../../lib/server/replay/recording.ts";
import { inDirectory } from "../../config/files.ts";

/** A block of pcapng in little-endian words: its type, its length, what is in it, its length. */
function block(type: number, ...words: number[]): number[] {
  const length = 12 + 4 * words.length;
  return [type, length, ...words, length];
}

/** A pcapng file of interfaces, each with the link type and the snapshot length given. */
function ofInterfaces(interfaces: readonly [linkType: number, snapLength: number][]) {
  const blocks = interfaces.map(([type, length]) => block(1, type, length));
  const section = block(0x0a0d0d0a, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff);
  return new Uint8Array(Uint32Array.from([section, ...blocks].flat()).buffer);
}

for (
  const [what, second, hint] of [
    [
      "kinds",
      [101, 65535],
      /^it has several kinds of interfaces: tshark .*editcap -F pcap/,
    ],
    [
      "snapshot lengths",
      [1, 128],
      /^its interfaces have different .*: editcap -F pcap FILE/,
    ],
  ] as const
) {
  Deno.test(`of interfaces of different ${what}, what makes the recording readable is said`, () =>
    inDirectory(async (directory) => {
      const file = `${directory}/two.pcapng`;
      await Deno.writeFile(file, ofInterfaces([[1, 65535], [...second]]));
      using recording = new Recording(file);
      assert.throws(
        () => recording.read(() => {}),
        (error) => error instanceof Failure && hint.test(error.hint ?? ""),
      );
    }));
}
