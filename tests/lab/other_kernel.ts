/**
 * Another kernel than the running one, for what that one was built without. User-mode Linux
 * is a kernel that runs as a program; it sees this machine's files and nothing of its
 * network, and what it writes is gone when it ends.
 */
import { statfs } from "node:fs/promises";
import { Process, type Result } from "./process.ts";

const INIT = new URL("./other_kernel.sh", import.meta.url);
/** Tells a program that it runs there. */
const MARK = "KNOCKD_OTHER_KERNEL";
const MEMORY = 1024 ** 3;
/** Booting takes two seconds, on a machine that has time for it. */
const BOOT_MS = 60_000;
/** What timeout(1) ends with when time was up, and it had to use SIGKILL. */
const LATE = 137;

/** Why none can be had here; undefined where one can. */
export function otherKernelObstacle(): string | undefined {
  try {
    new Deno.Command("linux.uml", { args: ["--version"] }).outputSync();
    return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "there is no user-mode Linux here (Debian has it for x86_64: user-mode-linux)";
  }
}

/**
 * Runs a program in another kernel to its end, whatever its exit code is.
 *
 * @throws Error when it takes longer than so many milliseconds, or the kernel does not boot
 */
export async function runInOtherKernel(
  argv: readonly string[],
  { timeout }: { readonly timeout: number },
): Promise<Result> {
  if (Deno.env.has(MARK)) throw new Error("this is the other kernel already");
  const directory = await Deno.makeTempDir({ prefix: "knockd-kernel-" });
  const left = (name: string) =>
    Deno.readTextFile(`${directory}/${name}`).catch(() => "");
  try {
    await Deno.copyFile(INIT, `${directory}/init`);
    await Deno.chmod(`${directory}/init`, 0o700);
    await Deno.writeTextFile(`${directory}/job`, job(argv, timeout), { mode: 0o600 });
    const kernel = new Process(await commandLine(directory));
    // The program is bounded over there, so that this is for a kernel that hangs.
    await kernel.finish({ timeout: timeout + BOOT_MS, check: false });
    const [code, stdout, stderr] = await Promise.all(
      ["code", "stdout", "stderr"].map(left),
    );
    const ended = { code: Number(code), stdout: stdout!, stderr: stderr! };
    if (code !== "" && ended.code !== LATE) return ended;
    const what = code === ""
      ? "no exit code (it needs Debian's kmod and busybox)"
      : `not done within ${timeout} ms`;
    const story = [stdout, stderr, kernel.stdout, kernel.stderr].join("").trimEnd();
    throw new Error(`${argv.join(" ")}, in another kernel: ${what}\n${story}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The program as the shell over there shall run it: as here, and bounded in time. */
function job(argv: readonly string[], timeout: number): string {
  const env = { ...Deno.env.toObject(), NO_COLOR: "1", [MARK]: "1" };
  const words = [
    ...["timeout", "-s", "KILL", String(timeout / 1000)],
    ...["env", "-i", "-C", Deno.cwd()],
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...argv,
  ];
  return `exec ${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")}\n`;
}

async function commandLine(directory: string): Promise<string[]> {
  return [
    // It is many processes, and none outlives the first in a PID namespace of their own.
    ...["unshare", "--pid", "--fork", "--kill-child"],
    // Its memory is a file, and a container's /dev/shm is often too small for that.
    ...["env", `TMPDIR=${await isRoomy("/dev/shm") ? "/dev/shm" : directory}`],
    ...["linux.uml", `mem=${MEMORY}`, `uml_dir=${directory}`, "umid=kernel"],
    ...["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"],
    ...[`init=${directory}/init`, "con=null", "con0=null,fd:1", "loglevel=2"],
  ];
}

async function isRoomy(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory).catch(() => ({
    bavail: 0,
    bsize: 0,
  }));
  return bavail * bsize > MEMORY;
}

if (import.meta.main) {
  const ended = await runInOtherKernel(Deno.args, { timeout: 600_000 });
  console.log(ended.stdout + ended.stderr);
  Deno.exit(ended.code);
}
