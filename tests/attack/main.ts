/**
 * `deno task attack [SECONDS]`, `deno task soak [SECONDS]`, `deno task lossy [KNOCKS]`: the
 * long forms of tests/e2e/long/attack.test.ts, soak.test.ts and lossy.test.ts. They need root.
 */
import { attack, medianOf } from "./attack.ts";
import { fleetSoaked } from "./fleet_soaked.ts";
import { flooded } from "./flooded.ts";
import { kernelHas } from "../lab/kernel_feature.ts";
import { runInOtherKernel } from "../lab/other_kernel.ts";
import { leased } from "./leased.ts";
import { lossy, WORST } from "./lossy.ts";
import { soak } from "./soak.ts";

const [what, text] = Deno.args;
const amount = Number(text ?? 600);
const say = (line: string) => console.log(line);

/** Prints a report, its list of numbers apart. */
function tell(report: object, what: string, numbers: readonly number[]): void {
  console.log(JSON.stringify({ amount, ...report }, undefined, 2));
  const quarters = [0, 0.25, 0.5, 0.75].map((from) =>
    medianOf(numbers, from, from + 0.25)
  );
  console.log(`${what}, median of each quarter: ${quarters.map((n) => n.toFixed(1))}`);
}

if (what === "attack" && amount > 0) {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  const options = { seconds: amount, frames: 200_000, seed, rest: 60, say };
  const { memory, ...report } = await attack(options);
  tell({ seed, ...report }, "MiB resident", memory);
  for (const [rate, length] of [[2000, 1], [1000, 3], [20_000, 1]] as const) {
    const ports = `${length} port${length === 1 ? "" : "s"}`;
    say(`a door of ${ports} flooded open ${rate} times a second, commands that hang`);
    const seconds = Math.min(60, Math.ceil(amount / 4));
    const report = await flooded({ seconds, rate, length, say });
    console.log(JSON.stringify(report, undefined, 2));
  }
  for (const opens of ["command", "kernel"] as const) {
    say(`ten doors that are open for a thousand addresses each, by ${opens}`);
    console.log(JSON.stringify(await leased({ each: 1000, opens, say }), undefined, 2));
  }
} else if (what === "soak" && amount > 0) {
  const { memory, ...report } = await soak({ seconds: amount, say });
  tell(report, "MiB resident", memory);
  say("a fleet of three");
  const fleet = await fleetSoaked({ seconds: Math.ceil(amount / 4), say });
  console.log(JSON.stringify(fleet, undefined, 2));
} else if (what === "lossy" && amount > 0) {
  if (await kernelHas("netem")) {
    const [report] = await lossy([{ netem: WORST, knocks: amount }]);
    const { took, ...rest } = report!;
    tell(rest, "ms until the port was open", took);
  } else {
    say(`this kernel has no netem; a user-mode one takes ${amount / 40} minutes or so`);
    const argv = [Deno.execPath(), "run", "--allow-all", import.meta.filename!];
    const timeout = 60_000 + amount * 10_000;
    const report = await runInOtherKernel([...argv, ...Deno.args], { timeout });
    say(report.stdout + report.stderr);
    Deno.exit(report.code);
  }
} else {
  console.error("usage: deno task attack|soak [SECONDS], deno task lossy [KNOCKS]");
  Deno.exit(2);
}
