import assert from "node:assert/strict";
import { NOBODY, RUNTIME, Stage, unpacked } from "../lab/stage.ts";

Deno.test("a damaged file is refused wherever the damage is, and leaves nothing", async () => {
  await using stage = await Stage.create();
  const whole = await Deno.readFile(stage.file);
  const header = new TextDecoder().decode(whole).match(/^payload_at=\$\(\((\d+)/m)!;
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

Deno.test("without /proc it says so, and the runtime does not crash", async () => {
  await using stage = await Stage.create();
  const line = 'umount -l /proc && exec "$0"';
  const { code, stderr } = await stage.start(
    ["unshare", "-m", "sh", "-c", line, stage.file],
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^knockd: error: \/proc is not mounted\nknockd: hint: mount -t proc /,
  );
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
    const isOurs = path !== stage.directory;
    await stage.refuses(
      isOurs
        ? /belongs to user 65534\n.*remove it/
        : /belongs to user 65534\n.*hint: set/,
    );
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
