/** Whether a service with a user of its own may still read its config and what that names. */

import { blockedAt, letIn, type Reader } from "../files/access.ts";
import { isSameFile } from "../files/path.ts";
import { type Examined, ill, well } from "./finding.ts";
import type { Machine } from "./machine.ts";

const PROPERTIES = ["User", "Group", "SupplementaryGroups", "ExecStart"];

/** Of a service that runs the daemon of another config nothing is said. */
export async function readableFindings(
  machine: Machine,
  config: string,
  files: readonly string[],
): Promise<Examined[]> {
  if (machine.uid !== 0 || !machine.exists("/run/systemd/system")) return [];
  const args = PROPERTIES.flatMap((name) => ["-p", name]);
  const said = await machine.run("systemctl", "show", ...args, "knockd");
  const unit = new Map(
    said?.text.split("\n").map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name, value.join("=")];
    }),
  );
  const words = unit.get("ExecStart")?.split(/[\s=]+/) ?? [];
  if (!words.some((word) => word.startsWith("/") && isSameFile(word, config))) return [];
  const user = unit.get("User") ?? "";
  const reader = readerOf(machine, user, [
    unit.get("Group") ?? "",
    ...unit.get("SupplementaryGroups")?.split(" ") ?? [],
  ]);
  if (reader === undefined) return [];
  const found = [config, ...files].flatMap((path) => {
    const barrier = blockedAt(path, reader, machine.stat);
    if (barrier === undefined) return [];
    const at = barrier.path === path ? "" : ` (it gets no further than ${barrier.path})`;
    const says = `the user ${user}, whose the service is, can't read ${path}${at}: ` +
      "knockd neither starts nor reloads";
    return [ill("service", says, letIn(barrier, reader)!)];
  });
  return found.length > 0
    ? found
    : [well("service", `it runs as ${user}, who can read the config`)];
}

/** The user of a unit, by its name or number, and the groups that it is in there. */
function readerOf(
  machine: Machine,
  user: string,
  named: readonly string[],
): Reader | undefined {
  const rows = (file: string) =>
    (machine.read(file) ?? "").split("\n").map((line) => line.split(":"));
  const [name, , uid, own] =
    rows("/etc/passwd").find((row) => row[0] === user || row[2] === user) ?? [];
  if (name === undefined || uid === undefined || Number(uid) === 0) return undefined;
  const groups = rows("/etc/group").map(([group = "", , gid = "", members = ""]) => ({
    group,
    gid,
    isTheirs: named.includes(group) || named.includes(gid) ||
      members.split(",").includes(name),
  }));
  const isMain = ({ group, gid }: { group: string; gid: string }) =>
    named[0] === "" ? gid === own : group === named[0] || gid === named[0];
  const main = groups.find(isMain);
  return {
    uid: Number(uid),
    groups: groups.filter((row) => row.isTheirs || row === main)
      .map(({ gid }) => Number(gid)),
    groupName: main?.group ?? name,
  };
}
