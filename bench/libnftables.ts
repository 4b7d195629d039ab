/**
 * What libnftables takes of memory while nothing happens: daemons with a door that the kernel
 * opens, beside as many whose door has a command. All wait at the same time, as long as those
 * whose idling is measured: the start and what follows it are no idling.
 */

import { sleep } from "../tests/lab/net.ts";
import { arena } from "./lib/arena.ts";
import { type Contender, OURS } from "./lib/contender.ts";
import { ofTheKernel } from "./lib/kernel_door.ts";
import { atMost, type Effort, type Row } from "./lib/row.ts";
import { median } from "./lib/statistics.ts";
import { residentMemory, START_OVER_MS } from "./lib/usage.ts";

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const running = async (contender: Contender) => {
    const place = stack.use(await arena());
    return stack.use(await place.run(contender));
  };
  const pairs: { readonly kernel: number; readonly command: number }[] = [];
  for (let i = 0; i < repetitions; i++) {
    const kernel = await running(ofTheKernel(OURS));
    const command = await running(OURS);
    pairs.push({ kernel: kernel.pid, command: command.pid });
  }
  await sleep(quick ? 0 : START_OVER_MS);
  const without = median(pairs.map(({ command }) => residentMemory(command)));
  return [{
    figure: "idle: memory with libnftables, beyond that without",
    unit: "MB",
    ours: pairs.map(({ kernel }) => residentMemory(kernel) - without),
    bar: atMost(6, "MB"),
  }];
}
