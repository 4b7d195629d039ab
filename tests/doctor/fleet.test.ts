import { deepEqual, match } from "node:assert/strict";
import type { Config } from "../../lib/config/config.ts";
import { Failure } from "../../lib/core/failure.ts";
import { Secret } from "../../lib/core/secret.ts";
import { fleetHealth, type FleetLook } from "../../lib/doctor/fleet.ts";
import type { FleetOverview } from "../../lib/server/fleet/fleet_overview.ts";

const SECRET = new Secret(new Uint8Array(32));
const CONFIG = {
  doors: [],
  fleet: {
    name: "prod",
    node: "a",
    endpoints: ["https://10.0.0.1:2379"],
    login: { user: "knockd", password: SECRET },
    secret: SECRET,
    timeout: 3,
  },
} as unknown as Config;
const OVERVIEW: FleetOverview = {
  name: "prod",
  members: ["https://10.0.0.1:2379", "https://10.0.0.2:2379", "https://10.0.0.3:2379"]
    .map((endpoint) => ({ endpoint, version: "3.4.23", leads: false, size: 1 })),
  nodes: [{ node: "a", version: "1.0.0", heard: 4, ahead: 0, doors: [] }],
  different: [],
  garbled: 0,
};

async function findings(
  look: Partial<FleetLook>,
  config = CONFIG,
): Promise<string[]> {
  const found = await fleetHealth(config, {
    overview: () => Promise.resolve(OVERVIEW),
    seesBeyond: () => Promise.resolve(false),
    unwritable: () => Promise.resolve([]),
    keptChanges: () => Promise.resolve(49_999),
    ...look,
  });
  return found.map(({ state, says }) => `${state}: ${says}`);
}

Deno.test("doctor: a fleet that is well", async () => {
  deepEqual(await findings({}), [
    "well: etcd: its 3 members answer",
    "well: its rights end where the fleet's keys do",
  ]);
  deepEqual(await fleetHealth({ ...CONFIG, fleet: undefined } as never, {} as never), []);
});

Deno.test("doctor: an etcd that forgets nothing will be full some day", async () => {
  const found = await findings({ keptChanges: () => Promise.resolve(50_000) });
  match(found.at(-1)!, /^unknown: etcd has kept all 50000 changes .* once it is full/);
});

Deno.test("doctor: members that don't answer, while there are enough and when not", async () => {
  const without = (count: number) =>
    findings({
      overview: () =>
        Promise.resolve({
          ...OVERVIEW,
          members: OVERVIEW.members.map(({ endpoint }, index) =>
            index < count ? { endpoint, why: "no answer in time" } : { endpoint }
          ),
        }),
    });
  deepEqual((await without(1)).slice(0, 2), [
    "unknown: https://10.0.0.1:2379 does not answer: no answer in time",
    "well: its rights end where the fleet's keys do",
  ]);
  deepEqual((await without(2)).map((line) => line.split(":")[0]), ["ill", "ill", "well"]);
});

Deno.test("doctor: a fleet that can't be listed, and what each member has to say", async () => {
  const [first, second, third] = OVERVIEW.members;
  const members = [
    { ...first!, why: "no answer in time" },
    { ...second!, why: "its certificate's time is over" },
    third!,
  ];
  const why = `${second!.endpoint}: its certificate's time is over`;
  const overview = { ...OVERVIEW, members, why };
  deepEqual(await findings({ overview: () => Promise.resolve(overview) }), [
    `ill: ${why}`,
    "ill: https://10.0.0.1:2379 does not answer: no answer in time",
  ]);
});

Deno.test("doctor: a database that is full, whether all members answer or not", async () => {
  const full = OVERVIEW.members.map((each) => ({ ...each, alarm: "NOSPACE" }));
  const { endpoint } = full[0]!;
  const silent = [{ endpoint, why: "no answer in time" }, ...full.slice(1)];
  for (const members of [full, silent]) {
    const overview = { ...OVERVIEW, members };
    const found = await findings({ overview: () => Promise.resolve(overview) });
    match(`${found}`, /ill: etcd's database is full \(alarm NOSPACE\)/);
  }
});

Deno.test("doctor: nodes that differ, whose clock is off or whose secret is another", async () => {
  const overview = {
    ...OVERVIEW,
    nodes: [{ node: "b", version: "1.0.0", heard: 4, ahead: 90, doors: [] }],
    different: ["g/ssh"],
    garbled: 1,
  };
  deepEqual((await findings({ overview: () => Promise.resolve(overview) })).slice(1, 4), [
    "unknown: g/ssh is not the same on all nodes",
    "ill: b's clock is about 90 s ahead",
    "ill: a node has another secret",
  ]);
});

Deno.test("doctor: rights beyond the fleet's keys, and an engine that refuses", async () => {
  deepEqual(
    (await findings({ seesBeyond: () => Promise.resolve(true) })).at(-1),
    "unknown: " +
      "the user knockd may read more than knockd/v1/prod/",
  );
  const refuse = () => Promise.reject(new Failure("etcd has users", "an empty subject"));
  deepEqual(await findings({ overview: refuse }), ["ill: etcd has users"]);
});

Deno.test("doctor: rights that a node lacks are those that its doors take", async () => {
  const doors = [{ fleet: {}, key: { kind: "otp" } }, {
    fleet: {},
    key: { kind: "fleet" },
  }];
  const all: FleetLook["unwritable"] = (_, folders) => Promise.resolve([...folders]);
  const lacking = async (doors: unknown) =>
    (await findings({ unwritable: all }, { ...CONFIG, doors } as Config)).at(-2);
  match(
    (await lacking(doors))!,
    /^ill: the user knockd may not write knockd\/v1\/prod\/node\/, .*spent.*lease.*revoked/,
  );
  deepEqual(
    await lacking(doors.slice(1)),
    "ill: the user knockd may not write knockd/v1/prod/node/",
  );
});
