/** What a process uses, as /proc tells it. */

import { run } from "../../tests/lab/process.ts";

const { stdout: ticks } = await run(["getconf", "CLK_TCK"]);
const MS_A_TICK = 1000 / Number(ticks);

/** What the start alone needed is given back a minute after it. */
export const START_OVER_MS = 75_000;

/** Milliseconds of CPU a process has used, its ended threads included; in ticks of 10. */
export function cpuTime(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name may hold anything; after it the third field is the state.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
}

/** Milliseconds of CPU the threads of a process have used, to the nanosecond. */
export function exactCpuTime(pid: number): number {
  return sum(pid, "schedstat", /^\d+/) / 1e6;
}

/** How often the threads of a process have waited for something and were woken. */
export function wakeUps(pid: number): number {
  return sum(pid, "status", /(?<=^voluntary_ctxt_switches:\s*)\d+/m);
}

/** Megabytes of memory a process holds now. */
export function residentMemory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(status.match(/^VmRSS:\s*(\d+) kB/m)?.[1]) / 1024;
}

function sum(pid: number, file: string, number: RegExp): number {
  let total = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    try {
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/${file}`);
      total += Number(text.match(number)?.[0]);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return total;
}
