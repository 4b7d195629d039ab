/** Whether what must not be forgotten can be written down. */

import type { Config } from "../config/config.ts";
import { needsJournal } from "../core/door.ts";
import { type Examined, ill } from "./finding.ts";
import type { Machine } from "./machine.ts";
import { inContainer } from "./rights.ts";

/** A directory for the journal that is on a disk nobody can write to. */
export function stateFindings(
  machine: Machine,
  config: Config | undefined,
  stateDir: string | undefined,
): Examined[] {
  const doors = config?.doors.filter(needsJournal) ?? [];
  if (stateDir === undefined || doors.length === 0) return [];
  const mounts = machine.read("/proc/self/mountinfo") ?? "";
  if (!isReadOnly(mounts, stateDir)) return [];
  const rotates = doors.some(({ key }) => key.kind === "otp");
  return [
    ill(
      "state",
      `${stateDir}: the disk is read-only: ${
        rotates
          ? "doors with rotating sequences stay shut"
          : "what is open when the daemon is killed stays open"
      }`,
      inContainer(machine)
        ? `give the container a volume at ${stateDir}`
        : "mount it writable, or set state_dir to a directory on a disk that is",
    ),
  ];
}

/** By the mount (proc(5)) that is nearest above a path; of two at one place the later. */
function isReadOnly(mounts: string, path: string): boolean {
  let nearest = "";
  let found = false;
  for (const line of mounts.split("\n")) {
    const [, , , , raw = "", options = ""] = line.split(" ");
    const point = raw.replaceAll(
      /\\(\d{3})/g,
      (_, octal) => String.fromCharCode(parseInt(octal, 8)),
    );
    const isAbove = point === "/" || path === point || path.startsWith(`${point}/`);
    if (point === "" || !isAbove || point.length < nearest.length) continue;
    nearest = point;
    found = options.split(",").includes("ro") ||
      (line.split(" - ")[1]?.split(" ")[2] ?? "").split(",").includes("ro");
  }
  return found;
}
