import { deepEqual, equal, match } from "node:assert/strict";
import { changedForGood } from "../../../lib/config/changed_for_good.ts";
import { explain } from "../../../lib/config/judge/explain.ts";
import { loadConfig } from "../../../lib/config/load.ts";
import { formatProblem } from "../../../lib/config/problems.ts";
import { inDirectory, SECRET } from "../files.ts";

const PEM = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
const FILES: Readonly<Record<string, string>> = {
  ca: PEM,
  cert: PEM,
  key: PEM.replaceAll("CERTIFICATE", "PRIVATE KEY"),
  secret: SECRET,
  password: "open, etcd\n",
};
const FLEET = `[fleet]
name = "prod"
node = "web1"
endpoints = ["https://10.0.0.1:2379/"]
ca = "ca"
cert = "cert"
key = "key"
user = "knockd"
password_file = "password"
secret_file = "secret"
`;
const DOOR = `[doors.ssh]
group = "g"
open = 22
otp = {}
clients.alice.secret = "${SECRET}"
`;

/** Loads a config beside which these files are, all of one mode. */
async function load(text: string, files = FILES, mode = 0o600) {
  return await inDirectory(async (directory) => {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(`${directory}/${name}`, content, { mode });
    }
    await Deno.writeTextFile(`${directory}/knock.toml`, text, { mode: 0o600 });
    const { config, problems } = await loadConfig(`${directory}/knock.toml`);
    const lines = problems.map((problem) =>
      formatProblem(problem).replaceAll(`${directory}/`, "").replace(/^knock.toml:/, "")
    );
    return { config, lines };
  });
}

Deno.test("a fleet is read, with its files", async () => {
  const { config, lines } = await load(FLEET + DOOR);
  deepEqual(lines, []);
  const { secret, identity, login, ...plain } = config!.fleet!;
  deepEqual(plain, {
    name: "prod",
    node: "web1",
    endpoints: ["https://10.0.0.1:2379"],
    ca: PEM,
    timeout: 3,
  });
  equal(secret.reveal().length, 32);
  equal(new TextDecoder().decode(login?.password.reveal()), "open, etcd");
  equal(identity?.cert, PEM);
  deepEqual(config!.doors[0]!.fleet, { group: "g", alone: "shut" });
});

Deno.test("no part of a fleet's secrets is shown by accident", async () => {
  const { config } = await load(FLEET + DOOR);
  const shown = JSON.stringify(config) + Deno.inspect(config, { depth: 9 });
  for (const part of ["open, etcd", "PRIVATE KEY", SECRET.slice(0, 8)]) {
    equal(shown.includes(part), false, part);
  }
});

Deno.test("a door follows another without a key of its own", async () => {
  const { config, lines } = await load(
    `${FLEET}[doors.db]\ngroup = "g"\nfollow = "ssh"\nopen = 5432`,
  );
  deepEqual(lines, []);
  deepEqual(config!.doors[0]!.key, { kind: "fleet", follow: "ssh" });
});

const WRONG: readonly (readonly [string, string, string])[] = [
  ["http beyond this machine", FLEET.replace("https:", "http:") + DOOR, "4:14"],
  ["no address", FLEET.replace("https://10.0.0.1:2379/", "10.0.0.1") + DOOR, "4:14"],
  ["a path behind it", FLEET.replace("2379/", "2379/v3") + DOOR, "4:14"],
  ["a name with a slash", FLEET.replace('"prod"', '"a/b"') + DOOR, "2:8"],
  ["a user alone", FLEET.replace(/password_file.*\n/, "") + DOOR, "1:2"],
  ["a certificate alone", FLEET.replace(/key = .*\n/, "") + DOOR, "1:2"],
  ["no certificate at all", FLEET.replace(/cert.*\nkey.*\n/, "") + DOOR, "1:2"],
  ["no secret", FLEET.replace(/secret_file.*\n/, "") + DOOR, "1:2"],
  ["a file that is not there", FLEET.replace('"ca"', '"nowhere"') + DOOR, "5:6"],
  ["a key that is none", FLEET.replace('key = "key"', 'key = "secret"') + DOOR, "7:7"],
  ["a timeout of nothing", `${FLEET}timeout = 0\n${DOOR}`, "11:11"],
  ["a group without a fleet", DOOR, "2:1"],
  [
    "alone without a group",
    `[doors.a]\nsequence = "1,2"\nalone = "open"\nopen = 22`,
    "3:1",
  ],
  [
    "lines that are used once",
    `${FLEET}[doors.a]\ngroup = "g"\none_time_sequences = "secret"\nopen = 22`,
    "12:1",
  ],
  [
    "following and a key",
    `${FLEET}[doors.a]\ngroup = "g"\nfollow = "b"\nsequence = "1,2"\nopen = 22`,
    "13:1",
  ],
  ["following without a group", `${FLEET}[doors.a]\nfollow = "b"\nopen = 22`, "12:1"],
  [
    "following and staying open",
    `${FLEET}[doors.a]\ngroup = "g"\nfollow = "b"\ncommand = "true"`,
    "13:1",
  ],
];

for (const [name, text, place] of WRONG) {
  Deno.test(`a fleet is refused: ${name}`, async () => {
    const { config, lines } = await load(text);
    equal(config, undefined);
    equal(lines.some((line) => line.startsWith(`${place}: `)), true, lines.join("\n"));
  });
}

Deno.test("what a fleet keeps secret is refused when others may read it", async () => {
  const { lines } = await load(FLEET + DOOR, FILES, 0o644);
  deepEqual(lines.map((line) => line.split(": ")[1]).toSorted(), [
    "fleet.key",
    "fleet.password_file",
    "fleet.secret_file",
  ]);
});

Deno.test("plain http is for this machine alone, and needs no certificate", async () => {
  const local = `[fleet]
name = "prod"
node = "web1"
endpoints = ["http://127.0.0.1:2379", "http://[::1]:2379", "http://localhost:2379"]
secret_file = "secret"
`;
  deepEqual((await load(local + DOOR)).lines, []);
});

Deno.test("check warns of what opens twice, and of what is shared with nobody", async () => {
  const open = DOOR.replace("open = 22", 'open = 22\nalone = "open"');
  deepEqual((await load(FLEET + open)).lines, []);
  const { lines } = await load(FLEET + open.replace("otp = {}", 'otp.mode = "hotp"'));
  match(lines[0]!, /^14:9: doors.ssh.alone: .*opens at another/);
  const own = await load(FLEET + DOOR.replace('group = "g"\n', ""));
  match(own.lines[0]!, /^1:2: fleet: no door has a group/);
});

Deno.test("a fleet that has changed takes a restart, a new secret, too", async () => {
  const before = (await load(FLEET + DOOR)).config!;
  deepEqual(changedForGood(before, (await load(FLEET + DOOR)).config!), []);
  const other = { ...FILES, secret: SECRET.replace("JBSW", "JBSX") };
  deepEqual(changedForGood(before, (await load(FLEET + DOOR, other)).config!), [
    "[fleet]",
  ]);
});

Deno.test("check says what is shared, and what a door does while etcd can't be asked", async () => {
  const said = async (doors: string) => {
    const { config } = await load(FLEET + doors);
    return explain(config!, { sequencesLeft: () => 0, ignored: [] }).join("\n");
  };
  const shared = await said(DOOR);
  match(shared, /\nin the fleet prod as web1, by https:..10.0.0.1:2379\n/);
  match(shared, /\n {2}group +g: opens and closes on every machine that has it there/);
  match(shared, /\n {2}alone +refuses knocks while etcd can't be asked/);
  const open = await said(DOOR.replace("[doors.ssh]", '[doors.ssh]\nalone = "open"'));
  match(open, /\n {2}alone +opens by this machine's journal while etcd/);
  const follower = await said('[doors.db]\ngroup = "g"\nfollow = "ssh"\nopen = 5432\n');
  match(follower, /\nhears no knocks: all its doors follow\n/);
  equal(/within|tolerates|alone/.test(follower), false);
});
