/**
 * `deno task bench`: knockd beside Debian's knockd 0.8, figure by figure, in one run.
 *
 * The program is dist/knockd if that was built, or else the source. The table goes to
 * dist/bench.md, every repetition to dist/bench.json, a plot to dist/bench.svg. Every
 * figure is explained in the file of its name beside this one.
 */

import { provision } from "../tools/provision.ts";
import type { Effort, Measure, Row } from "./lib/row.ts";

/** Each is loaded when it runs: by then the program under test has been chosen. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly measure: Measure }>>> = {
  latency: () => import("./latency.ts"),
  open: () => import("./open.ts"),
  held: () => import("./held.ts"),
  flood: () => import("./flood.ts"),
  background: () => import("./background.ts"),
  doors: () => import("./doors.ts"),
  rotation: () => import("./rotation.ts"),
  packets: () => import("./packets.ts"),
  idle: () => import("./idle.ts"),
  libnftables: () => import("./libnftables.ts"),
  replay: () => import("./replay.ts"),
  fwknop: () => import("./fwknop.ts"),
  start: () => import("./start.ts"),
  fleet: () => import("./fleet.ts"),
};
const NAMES = Object.keys(BENCHES);

const USAGE = `usage: deno task bench [--quick] [--against DIR] [NAME...]

  --quick         see that all of it works; the figures mean little
  --against DIR   measure another checkout beside, in a column "before"

names: ${NAMES.join(", ")}; all of them by default`;

const root = new URL("../", import.meta.url).pathname;

/** The programs under test are chosen by the environment, before anything reads it. */
async function choosePrograms(against: string | undefined): Promise<void> {
  const built = await executable(root);
  if (built !== undefined && !Deno.env.has("KNOCKD_TEST_BINARY")) {
    Deno.env.set("KNOCKD_TEST_BINARY", built);
  }
  if (against === undefined) return;
  const source = await Deno.realPath(`${against}/main.ts`);
  Deno.env.set("KNOCKD_BENCH_AGAINST", await executable(against) ?? source);
}

/** That of a checkout, if it was built. */
async function executable(checkout: string): Promise<string | undefined> {
  return await Deno.realPath(`${checkout}/dist/knockd`).catch(() => undefined);
}

async function measureAll(names: readonly string[], effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of names) {
    const begin = performance.now();
    console.error(`measuring ${name}`);
    const { measure } = await BENCHES[name]!();
    rows.push(...await measure(effort));
    console.error(`  ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }
  return rows;
}

async function main(args: string[]): Promise<number> {
  const quick = take(args, "--quick", 1) !== undefined;
  const against = take(args, "--against", 2);
  const names = args;
  if (names.some((name) => !NAMES.includes(name))) {
    console.error(USAGE);
    return names.includes("--help") ? 0 : 2;
  }
  await choosePrograms(against);
  await provision("bench");
  const effort = { quick, repetitions: quick ? 1 : 5 };
  const rows = await measureAll(names.length === 0 ? NAMES : names, effort);

  const { thisMachine } = await import("./lib/machine.ts");
  const { json, markdown } = await import("./lib/report.ts");
  const { plot } = await import("./lib/plot.ts");
  const machine = await thisMachine();
  const table = markdown(machine, rows);
  const part = names.length === 0 && !quick ? "bench" : "bench-part";
  await Deno.mkdir(`${root}dist`, { recursive: true });
  await Deno.writeTextFile(`${root}dist/${part}.md`, table);
  await Deno.writeTextFile(`${root}dist/${part}.json`, json(machine, rows));
  await Deno.writeTextFile(`${root}dist/${part}.svg`, plot(rows));
  console.log(`${table}\nwritten: dist/${part}.md, .json and .svg`);
  return 0;
}

/** Takes an option out of the arguments, with its value if it has one; gives the last word. */
function take(args: string[], option: string, words: number): string | undefined {
  const at = args.indexOf(option);
  return at < 0 ? undefined : args.splice(at, words).at(-1);
}

Deno.exit(await main([...Deno.args]));
