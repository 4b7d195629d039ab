/** Prints how many bytes a process has more, before and after it forgets, of three floods. */
import { Records } from "../../../../lib/core/matcher/history/records.ts";

const records = new Records(Number(Deno.args[0]), () => 0);
const before = Deno.memoryUsage().rss;
const more = () => Deno.memoryUsage().rss - before;
for (let flood = 0; flood < 3; flood++) {
  records.blocks.words.fill(1);
  const full = more();
  records.clear();
  console.log(full, more());
}
