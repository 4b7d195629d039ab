/**
 * A program that goes into the background, for daemonize.test.ts: its argument says how
 * it behaves there, its second one where it leaves a report.
 *
 * @module
 */
import {
  announceReady,
  daemonize,
  isDetached,
} from "../../../lib/server/process/daemonize.ts";

const [behaviour = "", report = ""] = Deno.args;
const say = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));

if (!isDetached()) Deno.exit(await daemonize(Deno.args));
say("starting\n");
if (behaviour === "fails") {
  say("knockd: error: no such interface\n");
  Deno.exit(2);
}
if (behaviour === "crashes") Deno.kill(Deno.pid, "SIGKILL");
if (behaviour === "waits") await new Promise((resolve) => setTimeout(resolve, 60_000));
say("listening\n");
announceReady();
let afterwards = "stderr works";
// Its parent takes a moment to end.
for (let tries = 0; tries < 500 && afterwards === "stderr works"; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  try {
    say("nobody reads this\n");
  } catch (error) {
    afterwards = (error as Error).name;
  }
}
const stat = Deno.readTextFileSync("/proc/self/stat").split(" ");
const is = {
  pid: Deno.pid,
  session: Number(stat[5]),
  cwd: Deno.cwd(),
  detached: isDetached(),
};
Deno.writeTextFileSync(`${report}.new`, JSON.stringify({ ...is, afterwards }));
Deno.renameSync(`${report}.new`, report);
