/**
 * Which rights this process has, and where one is missing, who keeps it: the user, the
 * container, a user namespace, a filter of system calls.
 */

import type { Config } from "../config/config.ts";
import { type Capability, hasCapability } from "../server/process/capabilities.ts";
import { isNamespaced, UID_MAP } from "../server/process/foreign_root.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** What packets take, and what the firewall takes: doors with `open` can't do without. */
export function rightsFindings(
  machine: Machine,
  config: Pick<Config, "doors"> | undefined,
): Examined[] {
  const status = machine.read("/proc/self/status") ?? "";
  const has = (capability: Capability) => hasCapability(status, "CapEff", capability);
  const opens = config?.doors.some(({ kernel }) => kernel !== undefined) ?? false;
  const raw = has("NET_RAW") ? well("rights", "CAP_NET_RAW: packets can be heard") : ill(
    "rights",
    `no CAP_NET_RAW: no packet can be heard${why(machine, status, "NET_RAW")}`,
    howToGet(machine, status, "NET_RAW"),
  );
  const admin = has("NET_ADMIN")
    ? well("rights", "CAP_NET_ADMIN: a firewall can be changed")
    : (opens ? ill : unknown)(
      "rights",
      `no CAP_NET_ADMIN: ${
        opens
          ? "no door with open can be made"
          : "commands that change the firewall would fail"
      }${why(machine, status, "NET_ADMIN")}`,
      howToGet(machine, status, "NET_ADMIN"),
    );
  return [raw, admin, ...confinements(machine, status)];
}

/** Whether this process may change the firewall. */
export function holdsNetAdmin(machine: Machine): boolean {
  return hasCapability(machine.read("/proc/self/status") ?? "", "CapEff", "NET_ADMIN");
}

/** What is out of the bounding set nobody in here can have, root no more than others. */
function why(machine: Machine, status: string, capability: Capability): string {
  if (!/^CapBnd:/m.test(status) || hasCapability(status, "CapBnd", capability)) return "";
  return inContainer(machine)
    ? "; the container was started without it"
    : "; what started this took it from all that it starts";
}

function howToGet(machine: Machine, status: string, capability: Capability): string {
  if (inContainer(machine) && why(machine, status, capability) !== "") {
    return `start the container with --cap-add=${capability}`;
  }
  if (inContainer(machine)) {
    return `run as root in there (--user 0), with --cap-add=${capability}`;
  }
  return machine.uid === 0
    ? `let whatever started this shell keep CAP_${capability}`
    : "run knockd doctor as root, as the daemon will run";
}

/** Rights that are there, and of no use beyond the walls of a namespace. */
function confinements(machine: Machine, status: string): Examined[] {
  const found: Examined[] = [];
  if (inContainer(machine) && isNamespaced(machine.read(UID_MAP))) {
    found.push(unknown(
      "container",
      "root in here is another user outside (a user namespace): it can't change the " +
        "machine's own firewall",
      "where doors are to open on the machine itself, start it as root, not rootless",
    ));
  }
  if (inContainer(machine) && hasOwnNetwork(machine)) {
    found.push(unknown(
      "container",
      "it has a network of its own: only what is forwarded to it is heard",
      "start the container with --network=host",
    ));
  }
  // 2 is a filter; a machine's own daemons have one, too, and packets were tried.
  if (inContainer(machine) && /^Seccomp:\s*2$/m.test(status)) {
    found.push(well("container", "system calls are filtered (seccomp)"));
  }
  return found;
}

/** A container's own network has lo, and one end of a wire to the machine: eth0@if7. */
function hasOwnNetwork(machine: Machine): boolean {
  const read = (file: string) => machine.read(`/sys/class/net/eth0/${file}`)?.trim();
  const [own, other] = [read("ifindex"), read("iflink")];
  return own !== undefined && other !== undefined && own !== other;
}

/**
 * Whether this runs in a container of Docker, Podman, systemd-nspawn or Kubernetes. A /run
 * of its own hides what is there from the beginning.
 */
export function inContainer(machine: Machine): boolean {
  return machine.exists("/.dockerenv") || machine.exists("/run/.containerenv") ||
    machine.exists("/run/systemd/container") ||
    /(^|\0)(container|KUBERNETES_SERVICE_HOST)=/.test(
      machine.read("/proc/self/environ") ?? "",
    );
}
