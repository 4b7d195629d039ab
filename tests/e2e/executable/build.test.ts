import assert from "node:assert/strict";
import { VERSION } from "../../../lib/version.ts";
import { Network, waitFor } from "../../lab/net.ts";
import { run, type RunOptions } from "../../lab/process.ts";

const EXECUTABLE = new URL("../../../dist/knockd", import.meta.url).pathname;

/** Runs with a cache directory of its own, unless the environment tells another. */
async function fresh(
  use: (
    start: (argv: string[], options?: RunOptions) => ReturnType<typeof run>,
    directory: string,
  ) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-build-" });
  try {
    const env = { CACHE_DIRECTORY: directory, XDG_CACHE_HOME: directory };
    const start = (argv: string[], options: RunOptions = {}) =>
      run(argv, { ...options, env: { ...env, ...options.env } });
    await use(start, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const entries = (directory: string) => Array.fromAsync(Deno.readDir(directory));

Deno.test("the executable runs, by itself, as knock and under any user", () =>
  fresh(async (start, directory) => {
    const version = await start([EXECUTABLE, "--version"]);
    assert.match(version.stdout, new RegExp(`\\b${VERSION.replaceAll(".", "\\.")}\\b`));
    assert.equal(version.stderr, "");

    const knock = `${directory}/knock`;
    await Deno.symlink(EXECUTABLE, knock);
    assert.equal((await start([knock, "-V"])).stdout, `knock ${VERSION}\n`);

    const home = `${directory}/home`;
    const copy = `${directory}/knockd`;
    await Deno.copyFile(EXECUTABLE, copy);
    await Deno.mkdir(home);
    await Deno.chown(home, 65534, 65534);
    await Deno.chmod(directory, 0o755);
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const env = { HOME: home, XDG_CACHE_HOME: home };
    const user = await start([...nobody, copy, "--version"], { env });
    assert.equal(user.stdout, version.stdout);
  }));

Deno.test("no start waits for Node's modules, which take as long as all of Deno", () =>
  fresh(async (start, directory) => {
    await start([EXECUTABLE, "--version"]);
    const found = [];
    for (const { name } of await entries(directory)) {
      if (!name.startsWith("knockd-")) continue;
      for (const file of await entries(`${directory}/${name}`)) {
        const text = await Deno.readTextFile(`${directory}/${name}/${file.name}`);
        found.push(...text.match(/^import .*'node:.*$/gm) ?? []);
      }
    }
    assert.deepEqual(found.sort(), [
      "import { X509Certificate } from 'node:crypto';", // For what is asked of a fleet.
      "import { parseArgs } from 'node:util';", // For what is called `knock`.
    ]);
  }));

Deno.test("the executable runs with what Debian's service leaves it", () =>
  fresh(async (start, directory) => {
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
    const environment = ["env", "-i", path, `CACHE_DIRECTORY=${directory}`];
    const rights = ["setpriv", "--bounding-set=-all,+net_raw,+net_admin,+sys_module"];
    const { stdout } = await start([...environment, ...rights, EXECUTABLE, "--version"]);
    assert.ok(stdout.includes(VERSION));
  }));

Deno.test("nothing in the environment or the working directory changes the program", () =>
  fresh(async (start, directory) => {
    await Deno.writeTextFile(`${directory}/deno.json`, "not JSON");
    await Deno.writeTextFile(`${directory}/package.json`, "not JSON");
    await Deno.writeTextFile(`${directory}/.npmrc`, "not = an\nnpmrc");
    const { stdout, stderr } = await start([EXECUTABLE, "--version"], {
      cwd: directory,
      env: {
        DENO_DIR: "/proc/nowhere",
        DENO_V8_FLAGS: "--no-such-flag",
        DENO_CERT: "/nonexistent",
        DENO_NO_PROMPT: "",
        NODE_OPTIONS: "--require /nonexistent",
        HOME: directory,
      },
    });
    assert.ok(stdout.includes(VERSION));
    assert.equal(stderr, "");
  }));

Deno.test("in the background, the daemon has the name that killall and pidof look for", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  await fresh(async (_, directory) => {
    const config = `${directory}/knockd.conf`;
    const pidFile = `${directory}/knockd.pid`;
    await Deno.writeTextFile(
      config,
      `[options]
  LogFile = ${directory}/knockd.log
  PidFile = ${pidFile}
[test]
  sequence = 7000,8000,9000
  tcpflags = syn
  command = true
`,
    );
    const env = { CACHE_DIRECTORY: `${directory}/cache` };
    await server.run([EXECUTABLE, "-d", "-i", "eth0", "-c", config], { env });
    const pid = Number(await Deno.readTextFile(pidFile));
    assert.equal(await Deno.readTextFile(`/proc/${pid}/comm`), "knockd\n");
    Deno.kill(pid, "SIGTERM");
    const gone = () => Deno.stat(pidFile).then(() => false, () => true);
    await waitFor(gone, 20_000, "the PID file to be removed");
  });
});

Deno.test("the checksum beside the executable is its own", async () => {
  const dist = EXECUTABLE.slice(0, EXECUTABLE.lastIndexOf("/"));
  await run(["sha256sum", "--check", "--strict", "knockd.sha256"], { cwd: dist });
});
