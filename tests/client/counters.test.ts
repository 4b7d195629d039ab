import assert from "node:assert/strict";
import {
  forgetFuture,
  nextCounter,
  spendCounter,
  unspendCounter,
} from "../../lib/client/counters.ts";
import { formatProfiles } from "../../lib/client/profile_text.ts";
import { addProfile, loadProfiles } from "../../lib/client/profiles.ts";
import { Secret } from "../../lib/core/secret.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { mode, withDirectory } from "./directory.ts";

const HOTP = { ...anEnrolment().otp, mode: "hotp" as const };
const otherSecret = new Secret(new Uint8Array(32).fill(7));

/** A process that says a line, and goes on when it is started. */
function startScript(script: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", script],
    cwd: new URL("../..", import.meta.url).pathname,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = async function* () {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
    assert((await child.status).success);
  }();
  return { lines, start: () => child.stdin.close() };
}

Deno.test(
  "a counter is spent once, and those below it with it",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    assert.equal(spendCounter(dir, profile, 10), true);
    assert.equal(spendCounter(dir, profile, 10), false);
    assert.equal(spendCounter(dir, profile, 9), false);
    assert.equal(spendCounter(dir, profile, 11), true);
    assert.equal(mode(`${dir}/counters.toml`), 0o600);
    const other = addProfile(dir, anEnrolment({ door: "web" }));
    assert.equal(spendCounter(dir, other, 3), true, "profiles do not share counters");
  }),
);

Deno.test(
  "the next time step is the current one, or the first unused one and how long to wait",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    assert.deepEqual(nextCounter(dir, profile, 3012.5), { counter: 100, wait: 0 });
    spendCounter(dir, profile, 100);
    assert.deepEqual(nextCounter(dir, profile, 3012.5), { counter: 101, wait: 17.5 });
    assert.deepEqual(nextCounter(dir, profile, 3030), { counter: 101, wait: 0 });
    assert.deepEqual(nextCounter(dir, profile, 2999), { counter: 101, wait: 31 });
  }),
);

Deno.test(
  "the next HOTP counter follows the one used, from the enrolled one on",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment({ otp: HOTP, counter: 5 }));
    assert.deepEqual(nextCounter(dir, profile, 0), { counter: 5, wait: 0 });
    spendCounter(dir, profile, 5);
    assert.deepEqual(nextCounter(dir, profile, 0), { counter: 6, wait: 0 });
  }),
);

Deno.test(
  "a new secret starts its counters afresh, the same secret does not",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment({ otp: HOTP }));
    spendCounter(dir, profile, 40);
    addProfile(dir, anEnrolment({ otp: HOTP, client: "bob" }), { replace: true });
    assert.equal(nextCounter(dir, profile, 0).counter, 41);
    const renewed = anEnrolment({ otp: HOTP, secret: otherSecret });
    addProfile(dir, renewed, { replace: true });
    assert.equal(nextCounter(dir, profile, 0).counter, 0);
    spendCounter(dir, profile, 40);
    addProfile(dir, { ...renewed, label: "renamed" }, { replace: true });
    assert.equal(nextCounter(dir, profile, 0).counter, 0, "other ports");
  }),
);

Deno.test(
  "profiles named like parts of an object keep counters of their own",
  withDirectory((dir) => {
    for (const name of ["__proto__", "constructor", "a.b"]) {
      const profile = addProfile(dir, anEnrolment(), { name });
      assert.deepEqual(nextCounter(dir, profile, 0), { counter: 0, wait: 0 });
      assert.equal(spendCounter(dir, profile, 0), true);
      assert.equal(spendCounter(dir, profile, 0), false);
    }
    assert.equal(loadProfiles(dir).length, 3);
  }),
);

Deno.test(
  "a counter that is given back is the next one, unless another was used meanwhile",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment({ otp: HOTP }));
    const next = () => nextCounter(dir, profile, 0).counter;
    spendCounter(dir, profile, 0);
    unspendCounter(dir, profile, 0);
    assert.equal(next(), 0);
    spendCounter(dir, profile, 0);
    spendCounter(dir, profile, 1);
    unspendCounter(dir, profile, 0);
    assert.equal(next(), 2);
    unspendCounter(dir, profile, 1);
    assert.equal(next(), 1);
  }),
);

Deno.test(
  "a step that the window takes by now is of no wrong clock, and not forgotten",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    spendCounter(dir, profile, 101);
    assert.equal(forgetFuture(dir, profile, 3000), false);
    spendCounter(dir, profile, 102);
    assert.equal(forgetFuture(dir, profile, 3000), true);
    assert.equal(nextCounter(dir, profile, 3000).counter, 102);
  }),
);

Deno.test(
  "a profile that was taken out by hand leaves its counters to no other of its name",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment({ otp: HOTP }));
    spendCounter(dir, profile, 40);
    Deno.writeTextFileSync(`${dir}/profiles.toml`, formatProfiles([]));
    addProfile(dir, anEnrolment({ otp: HOTP, secret: otherSecret }));
    assert.equal(nextCounter(dir, profile, 0).counter, 0);
  }),
);

Deno.test(
  "processes that spend the same counters at once never both get one",
  withDirectory(async (dir) => {
    addProfile(dir, anEnrolment());
    const script = `
      import { loadProfiles } from "./lib/client/profiles.ts";
      import { spendCounter } from "./lib/client/counters.ts";
      const [profile] = loadProfiles(${JSON.stringify(dir)});
      console.log("ready");
      Deno.stdin.readSync(new Uint8Array(1));
      for (let counter = 0; counter < 100; counter++) {
        if (spendCounter(${JSON.stringify(dir)}, profile, counter)) console.log(counter);
      }`;
    const processes = [1, 2, 3].map(() => startScript(script));
    for (const { lines } of processes) assert.equal((await lines.next()).value, "ready");
    await Promise.all(processes.map(({ start }) => start()));
    const won = await Promise.all(processes.map(({ lines }) => Array.fromAsync(lines)));
    const all = won.flat();
    assert.equal(new Set(all).size, all.length);
    assert(all.includes("99"), "the highest counter was spent by somebody");
  }),
);

Deno.test(
  "what a crash left behind stops nothing",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    spendCounter(dir, profile, 5);
    for (const file of ["counters.toml.new", "profiles.toml.new"]) {
      Deno.writeTextFileSync(`${dir}/${file}`, '"exam', { mode: 0o644 });
    }
    assert.equal(spendCounter(dir, profile, 5), false);
    assert.equal(spendCounter(dir, profile, 6), true);
    assert.equal(mode(`${dir}/counters.toml`), 0o600);
    addProfile(dir, anEnrolment({ door: "web" }));
    assert.equal(mode(`${dir}/profiles.toml`), 0o600);
  }),
);

Deno.test(
  "counters that were all forgotten are none, and no damage",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment({ otp: HOTP }));
    spendCounter(dir, profile, 5);
    addProfile(dir, anEnrolment({ otp: HOTP, secret: otherSecret }), { replace: true });
    assert.equal(nextCounter(dir, profile, 0).counter, 0);
  }),
);

Deno.test(
  "damaged counters are refused, not taken for none",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    const damaged = ["", "\0\0\0", '"a" = ', '"a" = "5"', '"a" = -1', "a = 0.5", "[a]"];
    for (const text of damaged) {
      Deno.writeTextFileSync(`${dir}/counters.toml`, text, { mode: 0o600 });
      assert.throws(
        () => spendCounter(dir, profile, 9),
        /counters.toml is damaged/,
        text,
      );
      assert.throws(() => nextCounter(dir, profile, 0), /counters.toml is damaged/, text);
    }
  }),
);
