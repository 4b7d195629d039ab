/** The machine as the doctor sees it. The tests have one in memory. */

import type { Config } from "../config/config.ts";
import { defaultNexthops } from "../../ffi/default_nexthops.ts";
import { interfaceIndex, readKernelFile } from "../../ffi/libc.ts";
import { nftablesVersion } from "../../ffi/nftables/nftables_library.ts";
import { Pcap } from "../../ffi/pcap/pcap.ts";
import { type Heard, hearOwnPackets } from "./own_packets.ts";
import { readUpTo } from "../files/read_up_to.ts";
import { orUndefined } from "../core/or_undefined.ts";
import { exists, realPath, statOf } from "../files/look.ts";
import { isOfTheSystem } from "../files/reason.ts";
import type { Owned } from "../files/trust.ts";

export interface Said {
  readonly code: number;
  readonly text: string;
}

export interface Machine {
  /** The user's id; 0 is root. */
  readonly uid: number;
  /** The directories of `PATH`, in order. */
  readonly path: readonly string[];
  /** Runs a program for 5 s at most; `undefined` if it can't be run. */
  run(program: string, ...args: readonly string[]): Promise<Said | undefined>;
  /** A file's text, 1 MiB of it at most; `undefined` if it can't be read. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** Where a path leads to; `undefined` where nothing is. */
  real(path: string): string | undefined;
  /** Whose a path is, and its mode; `undefined` where nothing is. */
  stat(path: string): Owned | undefined;
  /** The version of libpcap, or what it takes to have one. */
  libpcap(): string | Error;
  /** Which libnftables there is, or what it takes to have one. */
  libnftables(): string | Error;
  /** Names, and addresses without a zone. */
  interfaces(): readonly { readonly name: string; readonly address: string }[];
  /** The interfaces of IPv4's default route, if it has several ways. */
  nexthops(): readonly string[];
  /** The number that an interface has, whichever of its names this is; 0: none such. */
  index(name: string): number;
  /** What became of packets that it sent to itself; an error says why none can be heard. */
  hearsItself(config: Config | undefined): Promise<Heard | Error>;
}

const PATIENCE_MS = 5000;
const READ_LIMIT = 2 ** 20;

export function realMachine(): Machine {
  return {
    uid: Deno.uid() ?? 0,
    path: (Deno.env.get("PATH") ?? "").split(":"),
    run,
    read,
    exists: (path) => orUndefined(() => exists(path)) ?? false,
    real: realPath,
    stat: statOf,
    libpcap: () => attempt(() => Pcap.version()),
    libnftables: () => attempt(nftablesVersion),
    interfaces: () => Deno.networkInterfaces(),
    nexthops: defaultNexthops,
    index: interfaceIndex,
    hearsItself: (config) => hearOwnPackets(config).catch((error: Error) => error),
  };
}

async function run(program: string, ...args: readonly string[]) {
  try {
    const { code, stdout } = await new Deno.Command(program, {
      args: [...args],
      env: { LC_ALL: "C" },
      // The directory that we were started in may be closed to us, as after sudo -u.
      cwd: "/",
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).output();
    return { code, text: new TextDecoder().decode(stdout) };
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return undefined;
  }
}

/** Of the kernel's own files Deno opens none for a program that may not do everything. */
function read(path: string): string | undefined {
  if (/^\/(proc|sys)\//.test(path)) return readKernelFile(path, READ_LIMIT) || undefined;
  return orUndefined(() => {
    using file = Deno.openSync(path);
    return new TextDecoder().decode(readUpTo(file, READ_LIMIT));
  });
}

function attempt<T>(act: () => T): T | Error {
  try {
    return act();
  } catch (error) {
    return error as Error;
  }
}
