/** What the figures were measured on. */

import { KNOCKD } from "../../tests/lab/net.ts";
import { VERSION } from "../../lib/version.ts";

/** A machine, and the program that was measured on it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Gigabytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly deno: string;
  readonly knockd: string;
  /** Which form of it: the executable or the source. */
  readonly program: string;
  readonly date: string;
}

/** This machine. */
export async function thisMachine(): Promise<Machine> {
  const cpuInfo = await Deno.readTextFile("/proc/cpuinfo");
  const kernel = await Deno.readTextFile("/proc/sys/kernel/osrelease");
  return {
    cpu: cpuInfo.match(/^model name\s*:\s*(.+)$/m)?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memory: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    kernel: kernel.trim(),
    deno: Deno.version.deno,
    knockd: VERSION,
    program: KNOCKD.length === 1 ? "dist/knockd" : "from source",
    date: new Date().toISOString().slice(0, 10),
  };
}
