import assert from "node:assert/strict";
import { Scratch } from "../../lab/daemon.ts";
import { run } from "../../lab/net.ts";
import { otherKernelObstacle, runInOtherKernel } from "../../lab/other_kernel.ts";

const obstacle = otherKernelObstacle();

function test(sentence: string, fn: () => Promise<void>): void {
  const name = obstacle === undefined ? sentence : `${sentence}: not run, ${obstacle}`;
  Deno.test({ name, ignore: obstacle !== undefined, fn });
}

test("a program runs in another kernel as it would here, but leaves nothing", async () => {
  await using scratch = await Scratch.create();
  const script = 'uname -r; pwd; echo "$1" >&2; echo > "$2" && ls "$2"; exit 3';
  const argv = ["sh", "-c", script, "sh", "it's\n$HOME", scratch.path("new")];
  const { code, stdout, stderr } = await runInOtherKernel(argv, { timeout: 10_000 });
  assert.equal(code, 3);
  const [release, ...lines] = stdout.split("\n");
  assert.notEqual(release, (await run(["uname", "-r"])).stdout.trim());
  assert.deepEqual(lines, [Deno.cwd(), scratch.path("new"), ""]);
  assert.equal(stderr, "it's\n$HOME\n");
  await assert.rejects(Deno.stat(scratch.path("new")), Deno.errors.NotFound);
});

test("a program that hangs in another kernel is ended", async () => {
  const argv = ["sh", "-c", "echo so far; sleep 60"];
  const hung = runInOtherKernel(argv, { timeout: 1000 });
  await assert.rejects(hung, /not done within 1000 ms\nso far\n/);
});
