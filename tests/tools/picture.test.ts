import assert from "node:assert/strict";
import { draw } from "../../tools/demo/picture.ts";

Deno.test("a picture is as wide as its longest line, and as high as it has lines", () => {
  const size = (texts: readonly string[]) =>
    draw(texts.map((text) => ({ who: "alice", kind: "answer", text }) as const))
      .match(/viewBox="0 0 (\d+) (\d+)"/)!.slice(1).map(Number) as [number, number];
  const [narrow, low] = size(["a"]);
  const [wide, high] = size(["a", "a".repeat(40)]);
  assert.ok(wide > narrow + 39 * 8 && high > low);
});

Deno.test("a picture shows prompts, and text that is no markup of its own", () => {
  const svg = draw([
    { who: "server", kind: "command", text: "knockd serve & <x>" },
    { who: "alice", kind: "command", text: "knock" },
  ]);
  assert.match(svg, /# knockd serve &amp; &lt;x&gt;<\/text>/);
  assert.match(svg, /\$ knock<\/text>/);
  assert.match(svg, /<desc id="told">server # knockd serve &amp; &lt;x&gt;; alice/);
});
