import assert from "node:assert/strict";

const program = new URL("./daemon_program.ts", import.meta.url).pathname;

function start(behaviour: string, report = "") {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", program, behaviour, report],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outcome(child: Deno.ChildProcess) {
  const { code, stderr } = await child.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Waits for a file that another process leaves. */
async function leftBehind(path: string): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      return await Deno.readTextFile(path);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error(`${path} did not appear in 5 s`);
}

Deno.test("daemon that is ready lets its parent exit with 0, and lives on by itself", async () => {
  const directory = await Deno.makeTempDir();
  const report = `${directory}/report`;
  const { code, stderr } = await outcome(start("ready", report));
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "starting\nlistening\n" });
  const { pid, session, cwd, detached, afterwards } = JSON.parse(
    await leftBehind(report),
  );
  assert.equal(session, pid, "it leads a session");
  assert.equal(cwd, "/");
  assert.equal(detached, false, "what it starts is not marked");
  assert.equal(afterwards, "BrokenPipe");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("daemon that fails to start hands its words and its exit code to its parent", async () => {
  assert.deepEqual(await outcome(start("fails")), {
    code: 2,
    stderr: "starting\nknockd: error: no such interface\n",
  });
});

Deno.test("daemon that crashes while starting is no success", async () => {
  assert.equal((await outcome(start("crashes"))).code, 137);
});

Deno.test("daemon that still starts is ended together with its parent", async () => {
  const child = start("waits");
  const reader = child.stderr.getReader();
  await reader.read();
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 143);
  await reader.cancel();
  await child.stdout.cancel();
});
