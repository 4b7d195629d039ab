/**
 * `deno task fuzz [--seconds N] [--seed S] [TARGET…]`: fuzzes for longer than the tests do,
 * each target for so many seconds. An input that breaks something is written to a file.
 */
import { fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

const USAGE = `usage: deno task fuzz [--seconds N] [--seed S] [TARGET...]
targets: ${TARGETS.map(({ name }) => name).join(", ")}`;

function usageError(): never {
  console.error(USAGE);
  Deno.exit(2);
}

let seconds = 30;
let seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
const names: string[] = [];
const args = [...Deno.args];
for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
  if (arg === "--seconds") seconds = Number(args.shift());
  else if (arg === "--seed") seed = Number(args.shift());
  else names.push(arg);
}
const chosen = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
const known = names.every((name) => TARGETS.some((target) => target.name === name));
if (!known || !(seconds > 0) || !Number.isInteger(seed)) usageError();

let broken = 0;
for (const target of chosen) {
  const outcome = await fuzz(target, seed, { milliseconds: seconds * 1000 });
  const { inputs, kept, slowest, failure } = outcome;
  const numbers = `${inputs} inputs, ${kept} behaviours, slowest ${
    slowest.toFixed(1)
  } ms`;
  console.log(`${failure ? "BROKEN" : "ok"}  ${target.name}  seed ${seed}: ${numbers}`);
  if (failure === undefined) continue;
  broken++;
  const file = await Deno.makeTempFile({
    prefix: `fuzz-${target.name}-`,
    suffix: ".hex",
  });
  await Deno.writeTextFile(file, `${failure.input.toHex()}\n`);
  console.log(`${failure.error.stack}\n`);
  console.log(`input ${JSON.stringify(new TextDecoder().decode(failure.input))}`);
  console.log(`Keep it: mv ${file} tests/fuzz/corpus/${target.name}/WHY.hex`);
}
Deno.exit(broken > 0 ? 1 : 0);
