import assert from "node:assert/strict";
import fc from "fast-check";
import { nextCounter, spendCounter } from "../../lib/client/counters.ts";
import {
  addProfile,
  findProfile,
  loadProfiles,
  removeProfile,
} from "../../lib/client/profiles.ts";
import { formatProfiles, parseProfiles } from "../../lib/client/profile_text.ts";
import { Secret } from "../../lib/core/secret.ts";
import { anEnrolment, enrolments } from "../core/enrolments.ts";

const HOTP = { ...anEnrolment().otp, mode: "hotp" as const };
const otherSecret = new Secret(new Uint8Array(32).fill(7));

/** A directory that does not exist yet, within one that is removed afterwards. */
function withDirectory(test: (dir: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const parent = Deno.makeTempDirSync({ prefix: "knockd-profiles-" });
    try {
      await test(`${parent}/knockd`);
    } finally {
      Deno.removeSync(parent, { recursive: true });
    }
  };
}

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

const mode = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;
const plain = ({ secret, ...rest }: ReturnType<typeof anEnrolment>) => ({
  ...rest,
  secret: secret.reveal(),
});

Deno.test("profiles read back from their own text", () => {
  const names = fc.oneof(fc.string(), fc.constantFrom("__proto__", "a.b", '"', "é\n"));
  const stores = fc.uniqueArray(fc.record({ name: names, enrolment: enrolments }), {
    selector: ({ name }) => name,
    maxLength: 5,
  });
  fc.assert(fc.property(stores, (profiles) => {
    const read = parseProfiles(formatProfiles(profiles), "profiles.toml");
    const order = (list: typeof profiles) =>
      list.map(({ name, enrolment }) => ({ name, ...plain(enrolment) }))
        .toSorted((a, b) => a.name < b.name ? -1 : 1);
    assert.deepEqual(order(read as typeof profiles), order(profiles));
  }));
});

Deno.test(
  "a store that does not exist has no profiles",
  withDirectory((dir) => assert.deepEqual(loadProfiles(dir), [])),
);

Deno.test(
  "an added profile is there, readable by its owner alone",
  withDirectory((dir) => {
    addProfile(dir, anEnrolment());
    addProfile(dir, anEnrolment({ host: "2001:db8::1" }), { name: "six" });
    const names = loadProfiles(dir).map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ["example.org/ssh", "six"]);
    assert.equal(mode(dir), 0o700);
    assert.equal(mode(`${dir}/profiles.toml`), 0o600);
  }),
);

Deno.test(
  "a name that is taken is replaced only on request",
  withDirectory((dir) => {
    addProfile(dir, anEnrolment());
    const changed = anEnrolment({ client: "bob" });
    assert.throws(() => addProfile(dir, changed), /"example.org\/ssh" already/);
    assert.equal(loadProfiles(dir)[0]?.enrolment.client, "alice");
    addProfile(dir, changed, { replace: true });
    assert.deepEqual(loadProfiles(dir).map((p) => p.enrolment.client), ["bob"]);
  }),
);

Deno.test("a profile is found by name, by host, and by host and door", () => {
  const ssh = { name: "example.org/ssh", enrolment: anEnrolment() };
  const web = { name: "example.org/web", enrolment: anEnrolment({ door: "web" }) };
  const home = { name: "home", enrolment: anEnrolment({ host: "192.0.2.1" }) };
  const all = [ssh, web, home];
  assert.equal(findProfile(all, "example.org/web"), web);
  assert.equal(findProfile(all, "EXAMPLE.org", "ssh"), ssh);
  assert.equal(findProfile(all, "192.0.2.1"), home);
  assert.equal(findProfile(all, "home"), home);
  assert.throws(() => findProfile(all, "example.org"), {
    message: "2 profiles are for example.org: example.org/ssh, example.org/web",
    hint: /--door/,
  });
  assert.throws(() => findProfile(all, "example.net"), {
    message: 'there is no profile for "example.net"',
    hint: "there are: example.org/ssh, example.org/web, home",
  });
  assert.throws(() => findProfile([], "x", "y"), { hint: /profile add/ });
});

Deno.test(
  "a removed profile is gone, and so is what it used",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    assert(spendCounter(dir, profile, 7));
    removeProfile(dir, profile.name);
    assert.deepEqual(loadProfiles(dir), []);
    assert.throws(() => removeProfile(dir, profile.name), /no profile/);
    assert(spendCounter(dir, addProfile(dir, anEnrolment()), 7));
  }),
);

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
  "damaged counters are refused, not taken for none",
  withDirectory((dir) => {
    const profile = addProfile(dir, anEnrolment());
    for (const text of ["\0\0\0", '"a" = ', '"a" = "5"', '"a" = -1', "a = 0.5", "[a]"]) {
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

Deno.test(
  "a damaged store is refused with the place, and without the secret",
  withDirectory((dir) => {
    addProfile(dir, anEnrolment());
    const path = `${dir}/profiles.toml`;
    const valid = Deno.readTextFileSync(path);
    const rows: [from: string, to: string, reason: RegExp, why: string][] = [
      ["QGEZDG", 'QGEZDG"', /profiles.toml:5:\d+: /, "a syntax error beside the secret"],
      ["[profiles", "[doors", /doors is not a known table/, "another file"],
      ["QGEZDG", "QGE1DG", /character 19 of the secret/, "a typo in the secret"],
      [
        "period = 30",
        "period = 0",
        /profiles."example.org\/ssh": period/,
        "a bad number",
      ],
      ["period = 30", "perod = 30", /unknown key perod/, "a typo in a key"],
      ["period = 30", "period = [30]", /period that is not one value/, "an array"],
      ['"alice"', '"\\u001b[2J"', /client/, "would clear a terminal"],
    ];
    for (const [from, to, reason, why] of rows) {
      assert(valid.includes(from), why);
      Deno.writeTextFileSync(path, valid.replace(from, to));
      assert.throws(() => loadProfiles(dir), (error) => {
        assert(error instanceof Error, why);
        assert.equal(error.name, "Failure", why);
        assert.match(error.message, reason, why);
        assert.doesNotMatch(error.message, /GEZDG/, why);
        return true;
      });
    }
    Deno.writeTextFileSync(path, "x".repeat(1024 * 1024 + 1));
    assert.throws(() => loadProfiles(dir), /larger than/);
  }),
);

Deno.test(
  "a store that others can read is refused with the command that helps",
  withDirectory((dir) => {
    addProfile(dir, anEnrolment());
    const path = `${dir}/profiles.toml`;
    for (const loose of [0o640, 0o604, 0o660]) {
      Deno.chmodSync(path, loose);
      assert.throws(() => loadProfiles(dir), {
        message: `${path} can be read by others`,
        hint: `chmod 600 ${path}`,
      });
    }
  }),
);

Deno.test(
  "a store that can't be written is a failure in words",
  withDirectory((dir) => {
    Deno.writeTextFileSync(dir, "a file in the place of the directory");
    assert.throws(() => addProfile(dir, anEnrolment()), (error) => {
      assert(error instanceof Error);
      assert.equal(error.name, "Failure");
      assert.match(error.message, /can't write in .*knockd: /);
      return true;
    });
  }),
);
