import assert from "node:assert/strict";
import { names, NOBODY, Stage, unpacked } from "../lab/stage.ts";

const SHELLS = [["dash"], ["busybox", "ash"], ["bash"], ["bash", "--posix"], ["mksh"]];

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
      "knockd-1.2.3-HASH",
    ]);
    const before = await Deno.stat(runtime);
    const second = await stage.start([...shell, stage.file]);
    assert.equal(second.code, 0);
    assert.equal((await Deno.stat(runtime)).ino, before.ino);
  });

  Deno.test(`under ${shell.join(" ")} what a user has set for ls is nothing to a start`, async () => {
    await using stage = await Stage.create();
    await stage.start();
    const { runtime } = await unpacked(stage);
    const before = await Deno.stat(runtime);
    const env = {
      TIME_STYLE: "+%d/%m/%Y",
      BLOCK_SIZE: "human-readable",
      LS_BLOCK_SIZE: "1M",
      QUOTING_STYLE: "c",
    };
    const { code, stderr } = await stage.start([...shell, stage.file], env);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal((await Deno.stat(runtime)).ino, before.ino);
  });

  Deno.test(`under ${shell.join(" ")} what Deno itself would heed does not reach the program`, async () => {
    await using stage = await Stage.create();
    const { stdout, stderr } = await stage.start([...shell, stage.file], {
      DENO_V8_FLAGS: "--bad",
      DENO_DIR: "/tmp",
      DENO_CERT: "two\nexport lines='",
      DENO_PERMISSION_BROKER_PATH: "/tmp/socket",
      MY_DENO_STAYS: "1",
      NODE_OPTIONS: "--require /tmp/x.js",
      NODE_CHANNEL_FD: "3",
      OTEL_DENO: "true",
      HOME: "/home/of the user",
    });
    assert.equal(stderr, "");
    const set = stdout.split("\n").filter((line) =>
      /^(DENO|NODE_[OC]|OTEL|KNOCKD|HOME)/.test(line)
    );
    assert.deepEqual(set, [
      `DENO_DIR=${stage.cache}/deno`,
      "DENO_NO_UPDATE_CHECK=1",
      `HOME=${stage.cache}/deno`,
      `KNOCKD_ARGV0=${stage.file}`,
      "KNOCKD_HOME=/home/of the user",
      `KNOCKD_SELF=${stage.file}`,
    ]);
  });
}

Deno.test("where no file may grow the program is started, and told of it by errors alone", async () => {
  const writing = `#!/bin/sh\necho more 2>/dev/null >"$0.more" || echo "an error"\n`;
  await using stage = await Stage.create(writing);
  await stage.start();
  const { code, stdout } = await stage.start([
    "prlimit",
    "--fsize=0",
    stage.file,
  ]);
  assert.deepEqual([code, stdout], [0, "an error\n"]);
});

Deno.test("from a directory that is gone the program is started in the root", async () => {
  await using stage = await Stage.create("#!/bin/sh\npwd -P\n");
  await stage.start();
  const gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$0"';
  const { stdout } = await stage.start(["sh", "-c", gone, stage.file]);
  assert.equal(stdout, "/\n");
});

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
  const { runtime, program } = await unpacked(stage);
  for (const file of [runtime, program, program.replace("main", "chunk-A")]) {
    const { size } = await Deno.stat(file);
    await Deno.truncate(file, 10);
    const again = await stage.start();
    assert.equal(again.stderr, "");
    assert.equal((await Deno.stat(file)).size, size);
  }
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

Deno.test("in a sandbox's user namespace, where root is nobody, a user's program is started", async () => {
  await using stage = await Stage.create();
  const home = `${stage.directory}/home`;
  await Deno.mkdir(home, { mode: 0o700 });
  await Deno.chown(home, 1234, 1234);
  const user = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups"];
  const { code, stderr } = await stage.start(
    [...user, "unshare", "--user", "--map-current-user", stage.file],
    { HOME: home, XDG_CACHE_HOME: undefined },
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
});
