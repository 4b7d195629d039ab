import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { LinkType } from "../../../lib/core/packet/parse.ts";
import { Recording } from "../../../lib/server/replay/recording.ts";
import { inDirectory } from "../../config/files.ts";
import { savefile } from "../../core/frames.ts";

Deno.test("a packed recording is refused with how to read it", () =>
  inDirectory((directory) => {
    const hintOf = (name: string, bytes: Uint8Array) => {
      const file = `${directory}/${name}`;
      Deno.writeFileSync(file, bytes);
      try {
        new Recording(file)[Symbol.dispose]();
        return "none";
      } catch (error) {
        return (error as { hint?: string }).hint;
      }
    };
    const recording = savefile(LinkType.ETHERNET, []);
    assert.equal(hintOf("a.pcap", recording), "none");
    const packed = hintOf("a.pcap.gz", gzipSync(recording));
    assert.match(packed ?? "", /zcat FILE \| knockd replay -/);
    const zstd = hintOf("b", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 0));
    assert.match(zstd ?? "", /zstdcat/);
    assert.match(hintOf("c", new Uint8Array(40)) ?? "", /tcpdump -w/);
  }));
