import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../any_text.ts";
import { spendCounter } from "../../lib/client/counters.ts";
import {
  addProfile,
  findProfile,
  loadProfiles,
  profileDirectory,
  removeProfile,
} from "../../lib/client/profiles.ts";
import { formatProfiles, parseProfiles } from "../../lib/client/profile_text.ts";
import { Failure } from "../../lib/core/failure.ts";
import { anEnrolment, enrolments } from "../core/one_time/enrolments.ts";
import { mode, withDirectory } from "./directory.ts";

const plain = ({ secret, ...rest }: ReturnType<typeof anEnrolment>) => ({
  ...rest,
  secret: secret.reveal(),
});

Deno.test("profiles live where the system keeps settings", () => {
  const rows: [variables: Record<string, string>, windows: boolean, dir: string][] = [
    [{ XDG_CONFIG_HOME: "/c", HOME: "/home/a" }, false, "/c/knockd"],
    [{ XDG_CONFIG_HOME: "", HOME: "/home/a" }, false, "/home/a/.config/knockd"],
    [{ XDG_CONFIG_HOME: "c", HOME: "/home/a" }, false, "/home/a/.config/knockd"],
    [{ APPDATA: "C:\\A\\Roaming" }, true, "C:\\A\\Roaming/knockd"],
    [{ USERPROFILE: "C:\\A" }, true, "C:\\A/AppData/Roaming/knockd"],
  ];
  for (const [variables, windows, dir] of rows) {
    assert.equal(profileDirectory((name) => variables[name], windows), dir);
  }
  assert.throws(() => profileDirectory(() => undefined, false), {
    hint: "set XDG_CONFIG_HOME",
  });
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
  const sameName = { name: "example.org", enrolment: anEnrolment({ door: "mail" }) };
  assert.equal(findProfile([sameName, ...all], "example.org"), sameName);
  assert.equal(findProfile([sameName, ...all], "example.org", "web"), web);
  assert.throws(() => findProfile(all, "example.org"), {
    message: "2 profiles are for example.org: example.org/ssh, example.org/web",
    hint: "give one of these names in place of the host; knock and otp take --door, too",
  });
  assert.throws(() => findProfile(all, "example.net"), {
    message: 'there is no profile for "example.net"',
    hint: "there are: example.org/ssh, example.org/web, home",
  });
  const idn = {
    name: "idn",
    enrolment: anEnrolment({ host: "xn--bcher-kva.example" }),
  };
  assert.equal(findProfile([...all, idn], "Bücher.example"), idn);
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
  "a profile is removed by its host, where it is the only one of that",
  withDirectory((dir) => {
    const { name } = addProfile(dir, anEnrolment());
    addProfile(dir, anEnrolment({ door: "web" }));
    assert.throws(() => removeProfile(dir, "example.org"), /2 profiles are for/);
    removeProfile(dir, "example.org/web");
    assert.equal(removeProfile(dir, "example.org"), name);
    assert.deepEqual(loadProfiles(dir), []);
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
      ["[profiles", "[doors", /"doors" is not a known table/, "another file"],
      [
        "[profiles",
        `${"A".repeat(25)} = 1\n[profiles`,
        /: a text of 25 characters is not/,
        "a lost secret",
      ],
      ["QGEZDG", "QGE1DG", /character 19 of the secret/, "a typo in the secret"],
      [
        "period = 30",
        "period = 0",
        /profiles."example.org\/ssh": period/,
        "a bad number",
      ],
      ["period = 30", "perod = 30", /unknown key: "perod"/, "a typo in a key"],
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

Deno.test(
  "a profile is not named with what a terminal obeys, or not at all",
  withDirectory((dir) => {
    for (const name of ["", "\x1b[2J", "a\nb", "\u202e", "\ud800", "x".repeat(401)]) {
      assert.throws(() => addProfile(dir, anEnrolment(), { name }), /printable/);
    }
  }),
);

Deno.test("reading a store fails in words alone, and never shows a secret", () => {
  const valid = formatProfiles([{ name: "home", enrolment: anEnrolment() }]);
  const place = fc.nat(valid.length);
  const mutated = fc.tuple(place, place, anyText({ maxLength: 5 }))
    .map(([at, length, text]) =>
      valid.slice(0, at) + text + valid.slice(at + length % 9)
    );
  fc.assert(
    fc.property(mutated, (text) => {
      try {
        parseProfiles(text, "profiles.toml");
      } catch (error) {
        assert(error instanceof Failure, String(error));
        assert.doesNotMatch(error.message, /GEZDG|ZDGN|GVBG/);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test(
  "profiles and counters that are kept elsewhere stay there, behind their links",
  withDirectory((dir) => {
    const elsewhere = `${dir}-elsewhere`;
    Deno.mkdirSync(dir);
    Deno.mkdirSync(elsewhere);
    for (const name of ["profiles.toml", "counters.toml"]) {
      Deno.writeTextFileSync(`${elsewhere}/${name}`, "\n", { mode: 0o600 });
      Deno.symlinkSync(`${elsewhere}/${name}`, `${dir}/${name}`);
    }
    const profile = addProfile(dir, anEnrolment());
    spendCounter(dir, profile, 7);
    assert.deepEqual(loadProfiles(elsewhere).map(({ name }) => name), [profile.name]);
    assert.equal(spendCounter(elsewhere, profile, 7), false);
    removeProfile(dir, profile.name);
    assert.deepEqual(loadProfiles(elsewhere), []);
    assert.ok(Deno.lstatSync(`${dir}/profiles.toml`).isSymlink);
  }),
);
