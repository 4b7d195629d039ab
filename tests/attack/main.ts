/**
 * `deno task attack [SECONDS]` and `deno task soak [SECONDS]`: the long forms of what
 * tests/e2e/attack.test.ts and tests/e2e/soak.test.ts do for half a minute. They need root.
 */
import { attack, medianOf } from "./attack.ts";
import { soak } from "./soak.ts";

const [what, text = "600"] = Deno.args;
const seconds = Number(text);
if (!(seconds > 0 && seconds <= 3600) || (what !== "attack" && what !== "soak")) {
  console.error("usage: deno task attack|soak [SECONDS]");
  Deno.exit(2);
}
const say = (line: string) => console.log(line);
const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
const { memory, ...report } = what === "attack"
  ? await attack({ seconds, frames: 200_000, seed, say })
  : await soak({ seconds, say });
const quarters = [0, 0.25, 0.5, 0.75].map((from) => medianOf(memory, from, from + 0.25));
console.log(JSON.stringify({ seed, seconds, ...report }, undefined, 2));
console.log(`MiB resident, median of each quarter: ${quarters.map((n) => n.toFixed(1))}`);
