/** Whether the daemon could hear: libpcap, rights, interfaces, a packet. */

import type { Config } from "../config/config.ts";
import { someOf } from "../core/some_of.ts";
import { isSameInterface } from "../server/capture/same_interface.ts";
import { interfacesByRoute } from "../server/capture/default_route.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import type { Machine } from "./machine.ts";
import { packetFinding } from "./packets.ts";
import { inContainer, rightsFindings } from "./rights.ts";

export async function captureFindings(
  machine: Machine,
  config: Config | undefined,
): Promise<Examined[]> {
  const libpcap = libpcapFinding(machine);
  const rights = rightsFindings(machine, config);
  const deaf = [libpcap, ...rights].some(({ state }) => state === "ill");
  const packets = await packetFinding(machine, config, deaf);
  return [libpcap, ...rights, ...interfaceFindings(machine, config), packets];
}

function libpcapFinding(machine: Machine): Examined {
  const version = machine.libpcap();
  return version instanceof Error
    ? ill("libpcap", ...libraryWords(version))
    : well("libpcap", version);
}

/** What is wrong with a library, and what to install. */
export function libraryWords({ message }: Error): [says: string, fix: string] {
  const at = message.indexOf("; install ");
  return at < 0
    ? [message, "install it anew"]
    : [message.slice(0, at), message.slice(at + "; ".length)];
}

function howToHaveOne(machine: Machine): string {
  return inContainer(machine)
    ? "start the container with --network=host"
    : "bring one up: ip link, ip address";
}

const HOW_TO_NAME_ONE = 'interface = "eth0" in [options], whichever is to be heard';

/** The interfaces of the default routes, where they can be read. */
export function byRoute({ read, nexthops }: Machine): string[] | undefined {
  const table4 = read("/proc/self/net/route");
  if (table4 === undefined) return undefined;
  const table6 = read("/proc/self/net/ipv6_route") ?? "";
  return interfacesByRoute({ table4, table6, nexthops: nexthops() });
}

function interfaceFindings(machine: Machine, config: Config | undefined): Examined[] {
  const there = machine.interfaces();
  const names = [...new Set(there.map(({ name }) => name))];
  const others = names.filter((name) => name !== "lo");
  const wanted = config?.options.interfaces ?? [];
  const routed = config === undefined || wanted.length > 0 ? undefined : byRoute(machine);
  if (routed !== undefined) {
    return routed.length > 0
      ? [well("interfaces", `the default route goes by ${routed.join(" and ")}`)]
      : [ill("interfaces", "no default route says where to listen", HOW_TO_NAME_ONE)];
  }
  if (wanted.length === 0 || wanted.includes("any")) {
    return others.length > 0
      ? [well("interfaces", `there are ${others.join(", ")}`)]
      : [ill("interfaces", "none has an address", howToHaveOne(machine))];
  }
  const fix = others.length > 0
    ? `the config's interface should be one of ${others.join(", ")}`
    : howToHaveOne(machine);
  if (wanted.every((name) => isSameInterface(name, "lo", machine.index))) {
    // Behind a relay, as Tor's or ssh's, that is meant.
    const says = "lo hears what this machine sends to itself, a relay's knocks too, " +
      "and none from elsewhere";
    return [unknown("interfaces", says, fix)];
  }
  return wanted.map((name) => {
    const addresses = there.filter((each) =>
      isSameInterface(name, each.name, machine.index)
    )
      .map(({ address }) => address);
    return addresses.length > 0
      ? well("interfaces", `${name} has ${someOf(addresses)}`)
      : ill(
        "interfaces",
        `${name} is not there, or has no address`,
        fix,
      );
  });
}
