/**
 * Captures inside a network namespace and prints JSON lines: `capture_driver.ts FILTERS
 * INTERFACE…`. Every event is a line, and every hit but those on port 9, which are only
 * counted. Commands come as signals: SIGHUP prints the status and what it cost so far,
 * SIGQUIT sets the next of the filters, which semicolons separate, SIGUSR2 prints which
 * descriptors a child process has, SIGTERM how long closing took.
 */
import { Hit } from "../../lib/core/hit.ts";
import { parsePacket } from "../../lib/core/packet/parse.ts";
import { Capture } from "../../lib/server/capture/capture.ts";

/** The port of floods: discard. */
const FLOOD_PORT = 9;

const [list = "", ...interfaces] = Deno.args;
const filters = list.split(";");
const hit = new Hit();
const inheritedBefore = inherited();
let flood = 0;

const print = (line: unknown) => console.log(JSON.stringify(line));
const capture = new Capture({
  interfaces,
  filter: () => filters[0] ?? "",
  onEvent: print,
  onPacket(linkType, bytes, offset, captured, time) {
    if (!parsePacket(linkType, bytes, offset, captured, hit)) return;
    const { port } = hit;
    if (port === FLOOD_PORT) return void flood++;
    const delay = performance.timeOrigin + performance.now() - time;
    print({ kind: "packet", linkType, port, delay });
  },
});

Deno.addSignalListener("SIGHUP", () => {
  const memory = Deno.memoryUsage().rss;
  const interfaces = capture.status();
  print({ kind: "status", flood, interfaces, cpu: cpuSeconds(), memory });
});

Deno.addSignalListener("SIGQUIT", () => {
  filters.shift();
  capture.refilter();
  print({ kind: "refiltered" });
});

Deno.addSignalListener("SIGUSR2", () => {
  print({ kind: "inherited", before: inheritedBefore, now: inherited() });
});

Deno.addSignalListener("SIGTERM", async () => {
  const start = performance.now();
  await capture.close();
  print({ kind: "closed", ms: performance.now() - start });
  Deno.exit(0);
});

// After the signals, since a test sends them as soon as something is heard.
try {
  capture.start();
} catch (error) {
  const { name, message, hint } = error as Error & { hint?: string };
  print({ kind: "failure", name, message, hint });
  Deno.exit(1);
}

/** The numbers of the descriptors that a child process has. */
function inherited(): string {
  const { stdout } = new Deno.Command("sh", { args: ["-c", "echo /proc/$$/fd/*"] })
    .outputSync();
  return new TextDecoder().decode(stdout).replaceAll(/\/proc\/\d+\/fd\//g, "").trim();
}

function cpuSeconds(): number {
  // utime and stime, the 14th and 15th field, in hundredths of a second.
  const fields = Deno.readTextFileSync("/proc/self/stat").split(") ")[1]?.split(" ") ??
    [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
