import assert from "node:assert/strict";
import { selfExtracting } from "../../tools/build/self_extracting.ts";
import { type Result, run } from "./process.ts";

const SHELLS = [["dash"], ["busybox", "ash"], ["bash"], ["bash", "--posix"], ["mksh"]];
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** In Deno's place: prints what it was started with. */
const RUNTIME = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "umask $(umask)"
echo "PATH $PATH"
for argument in "$0" "$@"; do echo "argument $argument"; done
env | grep -E '^(DENO|NODE_OPTIONS|KNOCKD)' | sort
`;

/** A directory of its own with a small self-extracting file in it. */
class Stage implements AsyncDisposable {
  readonly directory: string;
  readonly file: string;
  readonly cache: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.file = `${directory}/knockd`;
    this.cache = `${directory}/cache`;
  }

  static async create(runtime = RUNTIME): Promise<Stage> {
    const stage = new Stage(await Deno.makeTempDir({ prefix: "knockd-header-" }));
    await Deno.chmod(stage.directory, 0o755);
    const bytes = await selfExtracting({
      runtime: new TextEncoder().encode(runtime),
      runtimeVersion: "9.9.9",
      target: "any machine",
      program: new TextEncoder().encode("the program"),
      programVersion: "1.2.3",
      flags: ["--allow-this", "--no-that"],
    });
    await Deno.writeFile(stage.file, bytes, { mode: 0o755 });
    return stage;
  }

  /** Starts the file as root, with the stage's cache. */
  start(
    argv: readonly string[] = [this.file],
    env: Record<string, string | undefined> = {},
  ): Promise<Result> {
    const all = { CACHE_DIRECTORY: this.cache, ...env };
    return run(argv, { env: all, cwd: this.directory, check: false });
  }

  async refuses(message: RegExp, env: Record<string, string | undefined> = {}) {
    const { code, stdout, stderr } = await this.start([this.file], env);
    assert.match(stderr, message);
    assert.match(stderr, /^knockd: error: .+\nknockd: hint: .+\n$/);
    assert.deepEqual([code, stdout], [1, ""]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

async function names(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.map((entry) => entry.name.replace(/[0-9a-f]{16}/, "HASH")).sort();
}

async function unpacked(stage: Stage): Promise<{ runtime: string; program: string }> {
  const entries = await Array.fromAsync(Deno.readDir(stage.cache));
  const runtime = entries.find((entry) => entry.name.startsWith("deno-"))!.name;
  const program = entries.find((entry) => entry.name.endsWith(".js"))!.name;
  return {
    runtime: `${stage.cache}/${runtime}/knockd`,
    program: `${stage.cache}/${program}`,
  };
}

for (const shell of SHELLS) {
  Deno.test(`under ${shell.join(" ")} the first start unpacks, the second runs what is there`, async () => {
    await using stage = await Stage.create();
    const first = await stage.start([
      ...shell,
      stage.file,
      "serve",
      "with space",
      "*",
      "",
    ]);
    assert.equal(first.stderr, "");
    const { runtime, program } = await unpacked(stage);
    const argv = [runtime, "run", "--allow-this", "--no-that", program];
    const given = [...argv, "serve", "with space", "*", ""];
    const lines = first.stdout.split("\n").filter((line) => line.startsWith("argument"));
    assert.deepEqual(lines, given.map((argument) => `argument ${argument}`));
    assert.deepEqual(await names(stage.cache), [
      "deno",
      "deno-9.9.9-HASH",
      "knockd-1.2.3-HASH.js",
    ]);
    const before = await Deno.stat(runtime);
    const second = await stage.start([...shell, stage.file]);
    assert.equal(second.code, 0);
    assert.equal((await Deno.stat(runtime)).ino, before.ino);
  });

  Deno.test(`under ${shell.join(" ")} DENO_* and NODE_OPTIONS do not reach the program`, async () => {
    await using stage = await Stage.create();
    const { stdout, stderr } = await stage.start([...shell, stage.file], {
      DENO_V8_FLAGS: "--bad",
      DENO_DIR: "/tmp",
      DENO_CERT: "two\nexport lines='",
      DENO_PERMISSION_BROKER_PATH: "/tmp/socket",
      MY_DENO_STAYS: "1",
      NODE_OPTIONS: "--require /tmp/x.js",
    });
    assert.equal(stderr, "");
    const set = stdout.split("\n").filter((line) =>
      /^(DENO|NODE_OPTIONS|KNOCKD)/.test(line)
    );
    assert.deepEqual(set, [
      `DENO_DIR=${stage.cache}/deno`,
      "DENO_NO_UPDATE_CHECK=1",
      `KNOCKD_ARGV0=${stage.file}`,
      `KNOCKD_SELF=${stage.file}`,
    ]);
  });
}

Deno.test("the program gets the caller's PATH and umask", async () => {
  await using stage = await Stage.create();
  const command = ["sh", "-c", `umask 027; PATH=/bin:/odd; exec "$0"`, stage.file];
  const { stdout } = await stage.start(command);
  assert.match(stdout, /^umask 0?027\nPATH \/bin:\/odd$/m);
});

Deno.test("the program knows the name it was invoked by, and where it is", async () => {
  await using stage = await Stage.create();
  await Deno.symlink("knockd", `${stage.directory}/knock`);
  const { stdout } = await stage.start(["sh", "-c", "./knock"]);
  assert.match(stdout, /^KNOCKD_ARGV0=\.\/knock$/m);
  assert.ok(stdout.includes(`KNOCKD_SELF=${stage.directory}/./knock\n`));
});

Deno.test("ten first starts at the same moment all run, and leave no other files", async () => {
  await using stage = await Stage.create();
  const starts = await Promise.all(Array.from({ length: 10 }, () => stage.start()));
  assert.deepEqual(starts.map((start) => start.stderr).join(""), "");
  assert.deepEqual(starts.map((start) => start.code), Array(10).fill(0));
  assert.equal((await names(stage.cache)).length, 3);
});

Deno.test("what a start that was cut off left behind is removed by the next", async () => {
  await using stage = await Stage.create();
  await Deno.mkdir(`${stage.cache}/.new.99999999.abcdef`, {
    recursive: true,
    mode: 0o700,
  });
  assert.equal((await stage.start()).code, 0);
  assert.equal((await names(stage.cache)).length, 3);
});

Deno.test("a file cut short by a crash is unpacked again", async () => {
  await using stage = await Stage.create();
  await stage.start();
  const { runtime } = await unpacked(stage);
  await Deno.truncate(runtime, 10);
  const again = await stage.start();
  assert.equal(again.stderr, "");
  assert.equal((await Deno.stat(runtime)).size, RUNTIME.length);
});

Deno.test("a damaged file is refused wherever the damage is, and leaves nothing", async () => {
  await using stage = await Stage.create();
  const whole = await Deno.readFile(stage.file);
  const header = new TextDecoder().decode(whole).match(/^header_size=(\d+)$/m)!;
  for (const place of [Number(header[1]), Number(header[1]) + 40, whole.length - 1]) {
    const damaged = whole.slice();
    damaged[place]! ^= 1;
    await Deno.writeFile(stage.file, damaged);
    await stage.refuses(/knockd is damaged/);
  }
  await Deno.writeFile(stage.file, whole.subarray(0, whole.length - 1));
  await stage.refuses(/knockd is damaged/);
  await assert.rejects(Deno.stat(stage.cache), Deno.errors.NotFound);
});

Deno.test("a symbolic link for the directory or for anything in it is refused", async () => {
  await using stage = await Stage.create();
  await Deno.mkdir(`${stage.directory}/elsewhere`, { mode: 0o700 });
  await Deno.symlink("elsewhere", stage.cache);
  await stage.refuses(/cache is a symbolic link/);
  await Deno.remove(stage.cache);
  await stage.start();
  const { runtime, program } = await unpacked(stage);
  for (const path of [runtime, program]) {
    await Deno.rename(path, `${stage.directory}/moved`);
    await Deno.symlink(`${stage.directory}/moved`, path);
    await stage.refuses(/is a symbolic link/);
    await Deno.remove(path);
    await Deno.rename(`${stage.directory}/moved`, path);
  }
  assert.equal((await stage.start()).code, 0);
});

Deno.test("what belongs to another user is refused", async () => {
  await using stage = await Stage.create();
  await stage.start();
  const { runtime, program } = await unpacked(stage);
  const level = runtime.slice(0, runtime.lastIndexOf("/"));
  for (const path of [stage.directory, stage.cache, level, runtime, program]) {
    await Deno.chown(path, 65534, 65534);
    await stage.refuses(/belongs to user 65534/);
    await Deno.chown(path, 0, 0);
  }
  assert.equal((await stage.start()).code, 0);
});

Deno.test("what others can write to is refused", async () => {
  await using stage = await Stage.create();
  await stage.start();
  const { runtime, program } = await unpacked(stage);
  const level = runtime.slice(0, runtime.lastIndexOf("/"));
  for (const path of [stage.directory, stage.cache, level, runtime, program]) {
    for (const write of [0o020, 0o002]) {
      await Deno.chmod(path, 0o700 | write);
      await stage.refuses(/others can write to/);
    }
    await Deno.chmod(path, 0o700);
  }
  await Deno.chmod(stage.cache, 0o1777);
  await stage.refuses(/others can write to/);
  await Deno.chmod(stage.cache, 0o700);
  await Deno.chmod(stage.directory, 0o1777);
  assert.equal((await stage.start()).code, 0);
});

Deno.test("an ordinary user unpacks below the own cache directory", async () => {
  await using stage = await Stage.create();
  const home = `${stage.directory}/home`;
  await Deno.mkdir(home);
  await Deno.chown(home, 65534, 65534);
  const env = { HOME: home, XDG_CACHE_HOME: undefined, CACHE_DIRECTORY: "/root/not" };
  const started = await stage.start([...NOBODY, stage.file], env);
  assert.equal(started.stderr, "");
  assert.equal((await names(`${home}/.cache/knockd`)).length, 3);
  const elsewhere = { ...env, XDG_CACHE_HOME: `${home}/x` };
  assert.equal((await stage.start([...NOBODY, stage.file], elsewhere)).code, 0);
  assert.equal((await names(`${home}/x/knockd`)).length, 3);
});

Deno.test("a user without a usable home is told what to set", async () => {
  await using stage = await Stage.create();
  for (const home of ["/nonexistent", "relative", "", undefined]) {
    const env = { HOME: home, XDG_CACHE_HOME: undefined };
    const { code, stderr } = await stage.start([...NOBODY, stage.file], env);
    assert.match(stderr, /^knockd: error: .*\nknockd: hint: .*set XDG_CACHE_HOME/);
    assert.equal(code, 1);
  }
});

Deno.test("directories that cannot be right are refused before anything is made", async () => {
  await using stage = await Stage.create();
  for (const path of ["x", "/", "/a/../b", "/a\nb", "/proc/no"]) {
    await stage.refuses(/(cannot unpack|no directory)/, { CACHE_DIRECTORY: path });
  }
});

Deno.test("a read-only, a full and a noexec directory are each told clearly", async () => {
  await using stage = await Stage.create(RUNTIME + "#".repeat(100_000));
  await Deno.mkdir(stage.cache, { mode: 0o700 });
  const rows: [string, RegExp][] = [
    ["ro", /cannot unpack: .*Read-only file system/],
    ["size=8k", /cannot unpack into .*: .*No space left on device/],
    ["noexec", /cannot run what is unpacked/],
  ];
  for (const [options, message] of rows) {
    const mounted = `mount -t tmpfs -o mode=700,${options} none "$1" && exec "$0"`;
    const argv = ["unshare", "--mount", "sh", "-c", mounted, stage.file, stage.cache];
    const { code, stdout, stderr } = await stage.start(argv);
    assert.match(stderr, message);
    assert.match(stderr, /^knockd: error: .+\nknockd: hint: .*set CACHE_DIRECTORY.*\n$/);
    assert.deepEqual([code, stdout], [1, ""]);
  }
});
