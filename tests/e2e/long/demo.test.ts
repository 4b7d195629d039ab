/** The picture in the README is what a run shows. */
import assert from "node:assert/strict";
import { draw } from "../../../tools/demo/picture.ts";
import { type Line, play } from "../../../tools/demo/story.ts";

Deno.test("the README's picture says what the demo does today", async () => {
  const lines: Line[] = [];
  await play((line) => lines.push(line));
  const url = new URL("../../../docs/demo.svg", import.meta.url);
  const plain = (svg: string) => svg.replaceAll(/ \d{5}(?= )/g, " PORT");
  assert.equal(plain(draw(lines)), plain(await Deno.readTextFile(url)));
});
