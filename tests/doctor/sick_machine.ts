/** A machine in memory: well, but for what a test makes it lack. */
import { VERSION } from "../../lib/version.ts";
import type { Ask } from "../../lib/doctor/daemon.ts";
import type { Machine, Said } from "../../lib/doctor/machine.ts";

const DROP = {
  chain: { family: "inet", table: "f", name: "in", hook: "input", policy: "drop" },
};
const ESTABLISHED = {
  rule: {
    family: "inet",
    table: "f",
    chain: "in",
    expr: [
      { match: { left: { ct: { key: "state" } }, right: ["established"] } },
      { accept: null },
    ],
  },
};

/** What nft says of these chains and rules. */
export function ruleset(...entries: readonly unknown[]): string {
  return JSON.stringify({ nftables: [{ metainfo: {} }, ...entries] });
}

/** The programs of a machine that is well. */
const PROGRAMS: Readonly<Record<string, Said>> = {
  "nft -j list ruleset": { code: 0, text: ruleset(DROP, ESTABLISHED) },
  "timedatectl show -p NTPSynchronized --value": { code: 0, text: "yes\n" },
  "/usr/local/bin/knockd --version": { code: 0, text: `knockd ${VERSION}\n` },
  "systemctl is-enabled knockd": { code: 0, text: "enabled\n" },
  "systemctl show -p DropInPaths --value knockd": { code: 0, text: "\n" },
};

/** A daemon that runs and hears. */
export const answers: Ask = () => Promise.resolve({ at: "/run/knockd.sock", deaf: [] });

/** A machine with these programs, files and other differences. */
export function machineWith(
  { programs = {}, files = {}, ...rest }: Partial<Machine> & {
    programs?: Readonly<Record<string, Said | undefined>>;
    files?: Readonly<Record<string, string>>;
  } = {},
): Machine {
  const all: Readonly<Record<string, Said | undefined>> = { ...PROGRAMS, ...programs };
  const read: Readonly<Record<string, string>> = {
    "/proc/self/status": "Name:\tknockd\nCapEff:\t000001ffffffffff\n",
    "/run/systemd/system": "",
    "/usr/local/bin/knockd": "",
    ...files,
  };
  return {
    uid: 0,
    path: ["/usr/local/bin", "/usr/bin"],
    // What nft leaves out by -t is not there from the beginning.
    run: (program, ...args) =>
      Promise.resolve(all[[program, ...args].join(" ").replace("nft -t ", "nft ")]),
    read: (path) => read[path],
    exists: (path) => path in read,
    real: (path) => path,
    stat: () => undefined,
    libpcap: () => "libpcap version 1.10.3",
    libnftables: () => "libnftables.so.1.1.0",
    interfaces: () => [
      { name: "eth0", address: "192.0.2.1" },
      { name: "eth0", address: "2001:db8::1" },
    ],
    nexthops: () => [],
    index: () => 0,
    hearsItself: () =>
      Promise.resolve({ over: "namespace", sent: ["UDP over IPv4"], missing: [] }),
    ...rest,
  };
}
