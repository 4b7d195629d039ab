import assert from "node:assert/strict";
import { run } from "../lab/process.ts";

const program = new URL("../lab/log_program.ts", import.meta.url).pathname;

/** Runs a shell script, then log_program.ts, in a mount namespace: nobody else sees it. */
async function runInside(mounts: string, test: string) {
  const directory = await Deno.makeTempDir();
  const start = 'exec "$0" run --quiet --unstable-net --allow-all "$1" "$2" "$3"';
  const script = `${mounts}\n${start}`;
  const unshare = ["--mount", "--propagation", "private", "sh", "-ec", script];
  const argv = ["unshare", ...unshare, Deno.execPath(), program, test, directory];
  try {
    const { stdout, stderr } = await run(argv);
    return (stdout + stderr).trimEnd().split("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A /dev of its own, where /dev/log can be bound. */
const OWN_DEV = `
  mount -t tmpfs tmpfs "$3"
  for device in null zero full random urandom; do
    : >"$3/$device"
    mount --bind "/dev/$device" "$3/$device"
  done
  mount --move "$3" /dev`;

Deno.test("log reaches syslog under knockd's name, priority and facility", async () => {
  const lines = await runInside(OWN_DEV, "syslog");
  const received = lines.filter((line) => line.startsWith("received "));
  const shown = received.map((line) => line.replace(/^received (<\d+>).{15} /, "$1 "));
  // What Debian's knockd 0.8 sends begins with <29>.
  const daemon = 24;
  assert.deepEqual(shown, [
    `<${daemon + 5}> knockd: 10.0.0.1: 100% %s%n: OPEN SESAME`,
    `<${daemon + 4}> knockd: one\\nline \\x01`,
    `<${daemon + 3}> knockd: an error`,
  ]);
});

Deno.test("log for syslog goes to standard error where there is none", async () => {
  assert.deepEqual(await runInside(OWN_DEV, "no syslog"), [
    "there is no /dev/log, so no syslog; logging to standard error, too",
    "10.0.0.1: ssh: OPEN SESAME",
  ]);
});

Deno.test("log survives a full disk, and says how many lines were lost", async () => {
  const tiny = 'mount -t tmpfs -o size=16k tmpfs "$3"';
  const lines = await runInside(tiny, "full disk");
  const log = lines.filter((line) => line.startsWith("["));
  const written = log.filter((line) => / line \d+ x{200}$/.test(line)).length;
  assert.ok(written > 20 && written < 80, `${written} lines before the disk was full`);
  const message = log.at(-1)?.replace(/^\[.{16}\] log file .*knockd.log /, "");
  assert.equal(message, `is written again, ${100 - written} lines were lost`);
  assert.match(log.at(-2) ?? "", /^\[.{16}\] room again$/);
  const failed = lines.filter((line) => line.startsWith("cannot write log file"));
  assert.equal(failed.length, 1);
  assert.match(failed[0] ?? "", /No space left on device; going on$/);
});
