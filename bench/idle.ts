/**
 * What a daemon costs while nothing happens, all watched at the same time; the floor is a Deno
 * program that is woken once a second and does nothing.
 *
 * CPU time is the sum of what the scheduler says of each thread (schedstat in /proc/PID/task, in
 * nanoseconds), wake-ups are their voluntary context switches, memory is VmRSS. The minute
 * after the start does not count.
 */

import { Process, sleep } from "../tests/lab/net.ts";
import { arena } from "./lib/arena.ts";
import { OURS_AND_BEFORE, RIVAL } from "./lib/contender.ts";
import { IDLE_FLOOR } from "./lib/floors.ts";
import {
  atMost,
  type Effort,
  joined,
  type Row,
  rowOf,
  type Side,
  type Sides,
  times,
} from "./lib/row.ts";
import { exactCpuTime, residentMemory, START_OVER_MS, wakeUps } from "./lib/usage.ts";

const WINDOW_MS = 6000;

interface Idling {
  readonly percent: number;
  readonly wakeUps: number;
  readonly memory: number;
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const watched: { side: Side; pid: number }[] = [];
  for (const contender of [...OURS_AND_BEFORE, RIVAL]) {
    const place = stack.use(await arena());
    const { pid } = stack.use(await place.run(contender));
    watched.push({ side: contender.side, pid });
  }
  const { pid } = stack.use(new Process(IDLE_FLOOR));
  watched.push({ side: "floor", pid });
  await sleep(START_OVER_MS);
  const taken: Sides<Idling>[] = [];
  for (let i = 0; i < repetitions; i++) {
    const window = quick ? WINDOW_MS / 4 : WINDOW_MS;
    const all = await Promise.all(
      watched.map(async ({ side, pid }) => [side, [await watch(pid, window)]]),
    );
    taken.push(Object.fromEntries(all));
  }
  const idling = joined(taken);
  const most = times(1.6, "floor");
  return [
    rowOf(idling, "idle: CPU", "% of a core", (one) => one.percent, times(3, "floor")),
    rowOf(
      idling,
      "idle: wake-ups",
      "a second",
      (one) => one.wakeUps,
      atMost(6, "a second"),
    ),
    rowOf(idling, "idle: memory", "MB", (one) => one.memory, most),
  ];
}

async function watch(pid: number, window: number): Promise<Idling> {
  const begin = {
    time: performance.now(),
    cpu: exactCpuTime(pid),
    wakeUps: wakeUps(pid),
  };
  await sleep(window);
  const taken = performance.now() - begin.time;
  return {
    percent: (exactCpuTime(pid) - begin.cpu) / taken * 100,
    wakeUps: (wakeUps(pid) - begin.wakeUps) / taken * 1000,
    memory: residentMemory(pid),
  };
}
