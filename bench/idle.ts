/**
 * What a daemon costs while nothing happens, both watched at the same time.
 *
 * CPU time is the sum of what the scheduler says of each thread (schedstat in /proc/PID/task, in
 * nanoseconds), wake-ups are their voluntary context switches, memory is VmRSS. The first
 * seconds after the start don't count.
 */

import { sleep } from "../tests/lab/net.ts";
import { arena } from "./lib/arena.ts";
import { OURS, RIVAL, type Running } from "./lib/contender.ts";
import { atMost, type Effort, type Row } from "./lib/row.ts";
import { exactCpuTime, residentMemory, wakeUps } from "./lib/usage.ts";

const WINDOW_MS = 6000;
const WARM_UP_MS = 5000;

interface Idling {
  readonly percent: number;
  readonly wakeUps: number;
  readonly memory: number;
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using one = await arena();
  await using other = await arena();
  await using ours = await one.run(OURS);
  await using rival = await other.run(RIVAL);
  await sleep(WARM_UP_MS);
  const idling: { ours: Idling; rival: Idling }[] = [];
  for (let i = 0; i < repetitions; i++) {
    const window = quick ? WINDOW_MS / 4 : WINDOW_MS;
    const [mine, theirs] = await Promise.all([watch(ours, window), watch(rival, window)]);
    idling.push({ ours: mine, rival: theirs });
  }
  const row = (figure: string, unit: string, of: (idling: Idling) => number) => ({
    figure: `idle: ${figure}`,
    unit,
    ours: idling.map(({ ours }) => of(ours)),
    rival: idling.map(({ rival }) => of(rival)),
  });
  return [
    { ...row("CPU", "% of a core", ({ percent }) => percent), bar: atMost(0.2, "%") },
    {
      ...row("wake-ups", "a second", ({ wakeUps }) => wakeUps),
      bar: atMost(6, "a second"),
    },
    { ...row("memory", "MB", ({ memory }) => memory), bar: atMost(48, "MB") },
  ];
}

async function watch({ pid }: Running, window: number): Promise<Idling> {
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
