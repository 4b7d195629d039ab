import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Journal } from "../../lib/server/journal/journal.ts";
import { LEASE } from "../server/journal/journal_program.ts";
import { KNOCKD } from "../lab/program.ts";
import { type Result, run } from "../lab/process.ts";

/** A directory with a config whose door would be closed at the start, and its journal. */
async function withState(
  test: (directory: string, state: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-journal-" });
  const state = `${directory}/disk/state`;
  await Deno.mkdir(`${directory}/disk`);
  await Deno.writeTextFile(
    `${directory}/knock.toml`,
    `[options]
     interface = "lo"
     state_dir = "${state}"
     control = "${directory}/control"
     [doors.ssh]
     sequence = [7000, 8000, 9000]
     start_command = ["touch", "${directory}/opened"]
     stop_command = ["touch", "${directory}/closed"]
     `,
  );
  const lease = { ...LEASE, stopArgv: ["/usr/bin/touch", `${directory}/closed`] };
  {
    using journal = await Journal.open(state);
    journal.beginLease(lease);
  }
  try {
    await test(directory, state);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Starts the daemon, which is to end by itself. */
function serve(directory: string, before = ":"): Promise<Result> {
  const script = `${before}; exec "$@"`;
  const unshare = ["unshare", "--net", "--mount", "--propagation", "private"];
  const daemon = [...KNOCKD, "serve", "-c", `${directory}/knock.toml`];
  return run([...unshare, "sh", "-ec", script, "sh", ...daemon], { check: false });
}

async function refuses(directory: string, before: string | undefined, error: RegExp) {
  const { code, stdout, stderr } = await serve(directory, before);
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  const lines = stderr.trimEnd().split("\n");
  const said = lines.filter((line) => line.startsWith("knockd: error: "));
  assert.equal(said.length, 1, stderr);
  assert.match(said[0] ?? "", error);
  assert.match(lines.at(-1) ?? "", /^knockd: hint: ./);
  assert.ok(!/^ +at /m.test(stderr), stderr);
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["disk", "knock.toml"]);
}

Deno.test("daemon on a read-only disk does not start, and says so", () =>
  withState(async (directory) => {
    const readOnly = `mount --bind "${directory}/disk" "${directory}/disk"
      mount -o remount,bind,ro "${directory}/disk"`;
    await refuses(directory, readOnly, /disk\/state\S*: the disk is read-only$/);
  }));

Deno.test("daemon whose journal was made by a newer version does not start, and says so", () =>
  withState(async (directory, state) => {
    const db = new DatabaseSync(`${state}/journal.db`);
    db.exec("PRAGMA user_version = 99");
    db.close();
    const error = /journal\.db: the journal has version 99, this knockd knows 2$/;
    await refuses(directory, undefined, error);
  }));

Deno.test("daemon whose journal was cut off does not start, and says so", () =>
  withState(async (directory, state) => {
    const { size } = await Deno.stat(`${state}/journal.db`);
    for (const length of [size - 1000, 4096, 50, 0]) {
      await Deno.truncate(`${state}/journal.db`, length);
      await refuses(directory, undefined, /journal\.db: the journal is damaged: ./);
    }
  }));

Deno.test("daemon that can't hear closes what an earlier one left open before it goes", () =>
  withState(async (directory, state) => {
    const { code, stderr } = await serve(
      directory,
      'exec setpriv --bounding-set -net_raw,-net_admin -- "$@"',
    );
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^knockd: error: /m);
    await Deno.stat(`${directory}/closed`);
    await assert.rejects(Deno.stat(`${directory}/opened`), Deno.errors.NotFound);
    using journal = await Journal.open(state);
    assert.deepEqual(journal.leases(), { leases: [], garbled: [] });
  }));

Deno.test("daemon whose journal was left without its log says what that means", () =>
  withState(async (directory, state) => {
    {
      using _used = await Journal.open(state);
      await Deno.copyFile(`${state}/journal.db`, `${directory}/saved`);
    }
    await Deno.copyFile(`${directory}/saved`, `${state}/journal.db`);
    const { stderr } = await serve(
      directory,
      'exec setpriv --bounding-set -net_raw,-net_admin -- "$@"',
    );
    assert.match(stderr, /journal\.db: its log \S+-wal was taken away or cut off, /);
    assert.match(stderr, /what knockd log has as opened last may stay open$/m);
    await Deno.stat(`${directory}/closed`);
  }));

Deno.test("daemon on a full disk closes what an earlier one left open all the same", () =>
  withState(async (directory) => {
    const { code, stderr } = await serve(
      directory,
      `cp -a "${directory}/disk/state" "${directory}/saved"
       mount -t tmpfs -o size=1m,mode=700 tmpfs "${directory}/disk"
       cp -a "${directory}/saved" "${directory}/disk/state"
       cat /dev/zero > "${directory}/disk/filler" || true
       exec setpriv --bounding-set -net_raw,-net_admin -- "$@"`,
    );
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the disk is full/);
    await Deno.stat(`${directory}/closed`);
    await assert.rejects(Deno.stat(`${directory}/opened`), Deno.errors.NotFound);
  }));

/** Root's `enroll` for a service with a user of its own, whose directory has no journal. */
async function enrollForService(directory: string, state: string): Promise<string> {
  await Deno.writeTextFile(`${directory}/group`, "root:x:0:\nknockd:x:4321:\n");
  await Deno.writeTextFile(
    `${directory}/knock.toml`,
    `[options]\nstate_dir = "${state}"\n[doors.ssh]\nopen = 22\n[doors.ssh.otp]\n`,
  );
  await Deno.remove(`${state}/journal.db`);
  await Deno.chown(state, 4321, 4321);
  const script = `mount --bind "${directory}/group" /etc/group; exec "$@"`;
  const unshare = ["unshare", "--mount", "--propagation", "private"];
  const enroll = ["enroll", "ssh", "alice", "--host", "h", "--no-qr"];
  const config = ["-c", `${directory}/knock.toml`];
  const { stderr } = await run([
    ...[...unshare, "sh", "-ec", script, "sh"],
    ...[...KNOCKD, ...enroll, ...config],
  ]);
  const disk = [...Deno.readDirSync(`${directory}/disk`)].map(({ name }) => name);
  assert.deepEqual(disk, ["state"]);
  return stderr;
}

Deno.test("enroll by root makes the journal of a service that has a user of its own", () =>
  withState(async (directory, state) => {
    assert.doesNotMatch(await enrollForService(directory, state), /warning/);
    const { uid, gid, mode } = await Deno.stat(`${state}/journal.db`);
    assert.deepEqual([uid, gid, (mode ?? 0) & 0o777], [4321, 4321, 0o600]);
    using db = new DatabaseSync(`${state}/journal.db`, { readOnly: true });
    assert.deepEqual(db.prepare("SELECT name FROM facts").all(), []);
  }));

Deno.test("enroll by root gives a service no journal beside the log of a lost one", () =>
  withState(async (directory, state) => {
    await Deno.writeTextFile(`${state}/journal.db-wal`, "left", { mode: 0o600 });
    const stderr = await enrollForService(directory, state);
    assert.match(stderr, /no journal was made: .*only \S+-wal is left of it$/m);
    await assert.rejects(Deno.stat(`${state}/journal.db`), Deno.errors.NotFound);
  }));
