/** What is said of the nodes of a fleet. */
import assert from "node:assert/strict";
import { fleetCommand } from "../../lib/cli/fleet.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { Secret } from "../../lib/core/secret.ts";
import { toEngine } from "../../lib/server/fleet/engine/engine_text.ts";
import { formatEntry } from "../../lib/server/fleet/entry.ts";
import { member } from "../server/fleet/engine/engine_member.ts";
import { KEYS, SEAL } from "../server/fleet/fleet_lab.ts";
import { runSubcommand } from "./program.ts";

/** The nodes of an etcd, by name: how long each was silent, and how far its clock is off. */
async function nodeLines(
  nodes: Record<string, { heard: number; ahead: number }>,
): Promise<string[]> {
  const all = Object.entries(nodes);
  await using etcd = member(async (path, _, body) => {
    if (path === "maintenance/status") return Response.json({ version: "3.4.23" });
    if (path === "lease/timetolive") {
      const { heard } = all[Number((await body()).ID)]![1];
      return Response.json({ TTL: `${30 - heard}`, grantedTTL: "30" });
    }
    const kvs = all.map(([name, { heard, ahead }], lease) => {
      const key = KEYS.node(name);
      const at = Date.now() + (ahead - heard) * 1000;
      const entry = {
        v: 1,
        version: "1.0.0",
        boot: "0".repeat(32),
        doors: [],
        at,
      } as const;
      const value = toEngine(formatEntry("node", entry, key, SEAL));
      return { key: toEngine(key), value, lease: `${lease}` };
    });
    return Response.json({ header: { revision: "1" }, kvs });
  });
  const dir = await Deno.makeTempDir();
  try {
    const secret = formatSecret(new Secret(new Uint8Array(32).fill(1)));
    await Deno.writeTextFile(`${dir}/secret`, secret, { mode: 0o600 });
    await Deno.writeTextFile(
      `${dir}/knock.toml`,
      `[fleet]\nname = "test"\nnode = "a"\nendpoints = ["${etcd.endpoint}"]
secret_file = "secret"\n[doors.ssh]\nopen = 22\nsequence = "7000,8000,9000"\n`,
    );
    const args = ["status", "-c", `${dir}/knock.toml`];
    const { stdout } = await runSubcommand(fleetCommand(), args);
    return stdout.split("\n").filter((line) => line.includes(" knockd "))
      .map((line) => line.replaceAll(/ +/g, " ").trim());
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a node that is gone was heard last, and its clock is not behind for that", async () => {
  const nodes = {
    dead: { heard: 25, ahead: 0 },
    off: { heard: 3, ahead: -100 },
    well: { heard: 9, ahead: 0 },
  };
  const lines = await nodeLines(nodes);
  assert.deepEqual([lines[0], lines[2]], [
    "dead knockd 1.0.0, last heard 25 s ago",
    "well knockd 1.0.0",
  ]);
  assert.match(lines[1]!, /^off knockd 1\.0\.0, its clock is about 10\d s behind$/);
});
