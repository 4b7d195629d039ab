/** The fleet's protocol as a model (tests/fleet_model/fleet.pml), searched whole by spin. */
import assert from "node:assert/strict";
import { run } from "../../lab/net.ts";

const MODEL = new URL("../../fleet_model/fleet.pml", import.meta.url).pathname;
/** A search takes 10 s or so on a quiet machine. */
const TIMEOUT_MS = 600_000;

const QUIET = ["CRASHES=0", "FAULTS=0"];
const KILLED = ["CRASHES=1", "FAULTS=0"];
const CUT_OFF = ["CRASHES=0", "FAULTS=1"];

/** Searches all that can happen; gives the assertion that fails, if one does. */
async function search(defines: readonly string[]): Promise<string | undefined> {
  const cwd = await Deno.makeTempDir({ prefix: "knockd-model-" });
  try {
    const options = { cwd, timeout: TIMEOUT_MS };
    await run(["spin", "-a", ...defines.map((name) => `-D${name}`), MODEL], options);
    const flags = ["-O1", "-w", "-DSAFETY", "-DHC4", "-DVECTORSZ=2048"];
    await run(["gcc", ...flags, "-o", "search", "pan.c"], options);
    const { stdout } = await run(["./search", "-m100000", "-w22"], options);
    assert.doesNotMatch(stdout, /max search depth too small|out of memory|Interrupted/);
    const [, errors] = /errors: (\d+)/.exec(stdout) ?? assert.fail(stdout);
    const [, failed] = /assertion violated \s*(\(?.*\)?) \(at depth/.exec(stdout) ?? [];
    assert.equal(errors === "0", failed === undefined, stdout);
    return failed;
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

for (
  const [what, defines] of [
    ["a node that is killed at any step", KILLED],
    ["lost requests, answers and watches, and a node that is cut off", CUT_OFF],
    ["an engine restored from a backup", [...QUIET, "RESTORED"]],
  ] as const
) {
  Deno.test(`nothing opens twice and all closes, with ${what}`, async () => {
    assert.equal(await search(defines), undefined);
  });
}

/** A step that is left out, and what fails then. */
const NEEDED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["SPEND", QUIET, /opened/],
  ["NONCE", QUIET, /opened/],
  ["OWN", QUIET, /journal/],
  ["HONOURED", CUT_OFF, /opened_at/],
  ["TIMER", CUT_OFF, /door/],
  ["PROMISE", KILLED, /door/],
  ["RAISE", [...QUIET, "RESTORED"], /opened/],
  ["BEFORE", QUIET, /gone/],
];

for (const [step, defines, assertion] of NEEDED) {
  Deno.test(`the fleet's protocol fails without ${step}`, async () => {
    assert.match(await search([...defines, `WITHOUT_${step}`]) ?? "none", assertion);
  });
}
