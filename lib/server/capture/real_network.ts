/** The machine's own network, through libpcap. */
import { isLocalAddress } from "../../core/local_address.ts";
import { defaultNexthops } from "../../../ffi/default_nexthops.ts";
import { indexThrough, isUpThrough } from "../../../ffi/interface_state.ts";
import { interfaceIndex, readKernelFile } from "../../../ffi/libc.ts";
import { NetworkChanges } from "../../../ffi/network_changes.ts";
import { Pcap } from "../../../ffi/pcap/pcap.ts";
import { Poller } from "../../../ffi/poller.ts";
import { EarlySources } from "./early_sources.ts";
import { RING_SIZE } from "./ring.ts";
import { interfacesByRoute } from "./default_route.ts";
import type { HostAddress, Network, PacketSource } from "./network.ts";

/** A default route that stands further down in the table than this is not found. */
const ROUTES_LIMIT = 1024 * 1024;

const NONE: readonly PacketSource[] = [];

/** The machine's own network; what was opened early is taken from there. */
export function realNetwork(early?: EarlySources): Network {
  const poller = new Poller();
  const changes = new NetworkChanges();
  return {
    open: (name, snapLength) =>
      early?.take(name, snapLength) ??
        Pcap.openLive(name, { snapLength, ringSize: RING_SIZE }),
    index: changes.fd < 0 ? interfaceIndex : (name) => indexThrough(changes.fd, name),
    isUp: changes.fd < 0 ? isUp : (name) => isUpThrough(changes.fd, name),
    addresses,
    defaultInterfaces,
    tellsChanges: changes.fd >= 0,
    changed: () => changes.changed(),
    async wait(sources) {
      const failed = await poller.wait([changes.fd, ...sources.map(({ fd }) => fd)]);
      return failed.length === 0 ? NONE : sources.filter(({ fd }) => failed.includes(fd));
    },
    wake: () => poller.wake(),
    close() {
      early?.close();
      poller[Symbol.dispose]();
      changes[Symbol.dispose]();
    },
  };
}

/** Begins to open these interfaces, or those of the default routes where there is none. */
export function openEarly(names: readonly string[], snapLength: number): EarlySources {
  return new EarlySources(
    names.length > 0 ? names : defaultInterfaces(),
    snapLength,
    (name) => Pcap.openLiveMeanwhile(name, { snapLength, ringSize: RING_SIZE }),
  );
}

/** IFF_UP */
const UP = 0x1;

function isUp(name: string): boolean {
  const flags = readKernelFile(`/sys/class/net/${name}/flags`, 16);
  // Where there is no /sys, opening it will tell, and being polled when it goes down.
  return flags === "" || (Number(flags) & UP) !== 0;
}

function addresses(): readonly HostAddress[] {
  return Deno.networkInterfaces().map(({ name, address }) => ({
    interface: name,
    address,
  }));
}

function defaultInterfaces(): readonly string[] {
  if (Deno.build.os !== "linux") return firstInterface();
  // Below /proc/self, which a unit that hides the rest of /proc (ProcSubset=pid) leaves.
  return interfacesByRoute({
    table4: readKernelFile("/proc/self/net/route", ROUTES_LIMIT),
    table6: readKernelFile("/proc/self/net/ipv6_route", ROUTES_LIMIT),
    nexthops: defaultNexthops(),
  });
}

/** Where the routes are not ours to read: the first interface with an address to reach. */
function firstInterface(): readonly string[] {
  const reachable = addresses().find(({ address }) => !isLocalAddress(address));
  return reachable === undefined ? [] : [reachable.interface];
}
