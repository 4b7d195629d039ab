import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import type { Opening } from "../../lib/core/door.ts";
import { Secret } from "../../lib/core/secret.ts";
import { fromEngine, toEngine } from "../../lib/server/fleet/engine/engine_text.ts";
import { formatEntry } from "../../lib/server/fleet/entry.ts";
import { EntrySeal } from "../../lib/server/fleet/entry_seal.ts";
import { EntryKeys } from "../../lib/server/fleet/entry_keys.ts";
import { FleetFacts } from "../../lib/server/fleet/fleet_facts.ts";
import { Journal } from "../../lib/server/journal/journal.ts";
import { spendingOf } from "../../lib/server/journal/spending.ts";
import type { Openings } from "../../lib/server/knocks/openings.ts";
import type { Leases } from "../../lib/server/leases/leases.ts";
import { Report } from "../../lib/server/log/report.ts";
import { Tally } from "../../lib/server/log/tally.ts";
import { SharedDoors } from "../../lib/server/shared_doors.ts";
import { realSystem } from "../../lib/server/system.ts";
import { load, SECRET } from "../config/files.ts";
import { member } from "./fleet/engine/engine_member.ts";
import { memoryLog } from "./log/memory_log.ts";
import { withStateDirectory } from "./state_directory.ts";

const TEXT = `[doors.ssh]\nopen = 22\notp.mode = "hotp"\n`;
const ROTATED = SECRET.replace("JBSW", "KBSW");

/** A config whose door ssh is shared, and whose fleet is at this member. */
async function configOf(secret: string, stateDir: string, endpoint: string) {
  const { config } = await load(`${TEXT}clients.alice.secret = "${secret}"`);
  const { doors: [ssh], options, ...rest } = config!;
  const fleet = { group: "g", alone: "shut" } as const;
  return {
    ...rest,
    options: { ...options, stateDir },
    doors: [{ ...ssh!, fleet }],
    fleet: {
      name: "test",
      node: "a",
      endpoints: [endpoint],
      secret: new Secret(new Uint8Array(32)),
      timeout: 3,
    },
  };
}

/** What is said of a knock while which something happens, before etcd has answered. */
function knockWhile(
  happens: (
    opening: Opening,
    stateDir: string,
    leave: () => Promise<void>,
  ) => Promise<string | void>,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    withStateDirectory(async (directory) => {
      const journal = await Journal.open(directory);
      let spending = false;
      await using etcd = member(async (path) => {
        if (path === "kv/txn" && spending) {
          const secret = await happens(opening, directory, leave);
          if (secret) config = await configOf(secret, directory, etcd.endpoint);
        }
        return Response.json({ header: { revision: "1" }, succeeded: true });
      });
      let config = await configOf(SECRET, directory, etcd.endpoint);
      const [door] = config.doors;
      const key = door!.key as { clients: readonly Opening["client"][] };
      const opening: Opening = {
        door: door!,
        address: parseAddress("192.0.2.7")!,
        port: 1,
        client: key.clients[0]!,
        counter: 3,
      };
      const log = memoryLog();
      const opened: string[] = [];
      const shared = new SharedDoors({
        leases: () => ({
          openAll: (all: readonly Opening[]) =>
            all.map(({ door }) => {
              opened.push(`${door.name} opens`);
              return "refused";
            }),
        } as unknown as Leases),
        journal,
        report: new Report(log.logger, new Tally(() => 0)),
        logger: log.logger,
        system: realSystem(),
        onFault: reject,
        config: () => config,
        onSpent: () => {},
      });
      let left: Promise<void> | undefined;
      const leave = () => left ??= shared.leave();
      await shared.join(config);
      spending = true;
      await shared.take(opening, {} as Openings);
      await leave();
      const { series } = spendingOf(opening)!;
      const refusals = log.lines.filter((line) => line.includes("refused"));
      if (refusals.length > 0) assert.equal(journal.highest(series), 3);
      journal[Symbol.dispose]();
      using facts = await FleetFacts.open(`${directory}/fleet.db`);
      resolve([...refusals, ...opened, ...facts.owes ? ["the fleet is owed it"] : []]);
    }).catch(reject);
  });
}

Deno.test("a knock opens its door when etcd has it", async () => {
  assert.deepEqual(await knockWhile(() => Promise.resolve()), ["ssh opens"]);
});

Deno.test("whoever is revoked in the fleet while etcd is asked is let in no more", async () => {
  const said = await knockWhile(async (opening, directory) => {
    using facts = await FleetFacts.open(`${directory}/fleet.db`);
    facts.revoke(spendingOf(opening)!.series.id);
  });
  const why = "alice was revoked in the whole fleet; it is spent";
  assert.deepEqual(said, [`192.0.2.7: ssh: refused (alice): ${why}`]);
});

Deno.test("whoever gets a new secret while etcd is asked is not let in by the old one", async () => {
  const said = await knockWhile(() => Promise.resolve(ROTATED));
  const why = "the config has changed meanwhile; it is spent";
  assert.deepEqual(said, [`192.0.2.7: ssh: refused (alice): ${why}`]);
});

Deno.test("a knock of which etcd does not say in time, as the daemon ends, is spent here", async () => {
  const said = await knockWhile((_opening, _directory, leave) => leave());
  const why = "the fleet can't be asked whether it was used: ";
  assert.match(
    said.join("\n"),
    new RegExp(`refused \\(alice\\): ${why}.*; it is spent\nthe fleet is owed it$`),
  );
});

Deno.test("whoever closes a door closes what is open elsewhere alone, too", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    {
      using facts = await FleetFacts.open(`${directory}/fleet.db`);
      const share = (label: string, ip: string, seconds: number) => {
        const key = new EntryKeys("test").lease({ group: "g", label, ip });
        facts.share(key, Date.now() + 1000 * seconds);
      };
      share("ssh", "192.0.2.7", 60);
      share("ssh", "192.0.2.8", -1);
      share("web", "192.0.2.7", 60);
    }
    const listing = Promise.withResolvers<void>();
    await using etcd = member(async (path) => {
      if (path === "kv/range") await listing.promise;
      return Response.json({});
    });
    const config = await configOf(SECRET, directory, etcd.endpoint);
    const log = memoryLog();
    const shared = new SharedDoors({
      leases: () => ({}) as Leases,
      journal,
      report: new Report(log.logger, new Tally(() => 0)),
      logger: log.logger,
      system: realSystem(),
      onFault: () => {},
      config: () => config,
      onSpent: () => {},
    });
    await shared.join(config);
    const none = { elsewhere: 0, untold: 0 };
    assert.deepEqual(await shared.closed({ door: "ssh", here: true }, []), none);
    assert.deepEqual(await shared.closed({ door: "ssh" }, []), { ...none, elsewhere: 1 });
    assert.deepEqual(await shared.closed({ door: "ssh" }, []), none);
    assert.equal(etcd.asked.filter((path) => path === "kv/deleterange").length, 1);
    await shared.leave();
    listing.resolve();
  }));

Deno.test("an older knock at another machine takes no time from a newer one here", () =>
  withStateDirectory(async (directory) => {
    const key = new EntryKeys("test").lease({
      group: "g",
      label: "ssh",
      ip: "192.0.2.7",
    });
    const seal = new EntrySeal(new Secret(new Uint8Array(32)));
    const entry = { v: 1, open_for: 25_000, by: "b", once: "0".repeat(32) } as const;
    const value = formatEntry("lease", { ...entry, at: Date.now() }, key, seal);
    const kv = { key: toEngine(key), value: toEngine(value), lease: "7" };
    for (const [left, seconds] of [[0, 10], [18_000, 18]] as const) {
      await using etcd = member((path) =>
        Response.json({
          header: { revision: "5" },
          succeeded: true,
          ...path === "kv/range" && { kvs: [{ ...kv, mod_revision: "3" }] },
          ...path === "lease/timetolive" && { TTL: "20" },
        })
      );
      const config = await configOf(SECRET, directory, etcd.endpoint);
      const log = memoryLog();
      const opened = Promise.withResolvers<number>();
      using journal = await Journal.inMemory();
      const shared = new SharedDoors({
        leases: () => ({
          left: () => left,
          openAll: ([opening]: readonly Opening[]) => {
            opened.resolve(opening!.door.cmdTimeout);
            return [];
          },
        } as unknown as Leases),
        journal,
        report: new Report(log.logger, new Tally(() => 0)),
        logger: log.logger,
        system: realSystem(),
        onFault: opened.reject,
        config: () => config,
        onSpent: () => {},
      });
      await shared.join(config);
      assert.equal(await opened.promise, seconds);
      await shared.leave();
    }
  }));

Deno.test("a knock that is refused is told to nobody, one that opens also what it closes", () =>
  withStateDirectory(async (directory) => {
    const said = Promise.withResolvers<void>();
    const told: string[] = [];
    await using etcd = member(async (path, _token, body) => {
      const { key } = await body();
      if (/^kv\/(put|del)/.test(path)) told.push(`${path} ${fromEngine(key)}`);
      if (path === "kv/put") said.resolve();
      return Response.json({ header: { revision: "1" }, succeeded: true, ID: "7" });
    });
    const config = await configOf(SECRET, directory, etcd.endpoint);
    const [ssh] = config.doors;
    const web = { ...ssh!, name: "web", label: "web" };
    const closing = { ...ssh!, closes: ["web"] };
    const both = { ...config, doors: [closing, web] };
    const log = memoryLog();
    using journal = await Journal.inMemory();
    const kinds = ["refused", "cooling", "opened"];
    const shared = new SharedDoors({
      leases: () => ({
        left: () => 0,
        openAll: (all: readonly Opening[]) => all.map(() => kinds.shift()),
      } as unknown as Leases),
      journal,
      report: new Report(log.logger, new Tally(() => 0)),
      logger: log.logger,
      system: realSystem(),
      onFault: said.reject,
      config: () => both,
      onSpent: () => {},
    });
    await shared.join(both);
    for (const ip of ["192.0.2.7", "192.0.2.8", "192.0.2.9"]) {
      shared.openAll([{ door: closing, address: parseAddress(ip)!, port: 1 }]);
    }
    await said.promise;
    const lease = (label: string) => `knockd/v1/test/lease/g/${label}/192.0.2.9`;
    assert.deepEqual(told.sort(), [
      `kv/deleterange ${lease("web")}`,
      `kv/put ${lease("ssh")}`,
    ]);
    await shared.leave();
  }));

Deno.test("a door opens with the one that it follows where that is knocked at, too", () =>
  withStateDirectory(async (directory) => {
    await using etcd = member(() =>
      Response.json({ header: { revision: "1" }, succeeded: true })
    );
    const config = await configOf(SECRET, directory, etcd.endpoint);
    const [ssh] = config.doors;
    const key = { kind: "fleet", follow: "ssh" } as const;
    const db = { ...ssh!, name: "db", label: "db", cmdTimeout: 5, key };
    const elsewhere = { ...db, name: "elsewhere", fleet: { ...db.fleet, group: "h" } };
    const both = { ...config, doors: [ssh!, db, elsewhere] };
    const log = memoryLog();
    const opened: string[] = [];
    using journal = await Journal.inMemory();
    const shared = new SharedDoors({
      leases: () => ({
        left: () => 0,
        openAll: (all: readonly Opening[]) =>
          all.map(({ door: { name, cmdTimeout }, address, client }) => {
            opened.push(`${name} ${address.text} ${client?.name} ${cmdTimeout} s`);
            return "opened";
          }),
      } as unknown as Leases),
      journal,
      report: new Report(log.logger, new Tally(() => 0)),
      logger: log.logger,
      system: realSystem(),
      onFault: (error) => assert.fail(`${error}`),
      config: () => both,
      onSpent: () => {},
    });
    await shared.join(both);
    const address = parseAddress("192.0.2.7")!;
    const [alice] = (ssh!.key as { clients: readonly Opening["client"][] }).clients;
    const opening = { door: ssh!, address, port: 1, client: alice!, counter: 3 };
    await shared.take(opening, {} as Openings);
    const times = [`ssh 192.0.2.7 alice ${ssh!.cmdTimeout} s`, "db 192.0.2.7 alice 5 s"];
    assert.deepEqual(opened, times);
    await shared.leave();
  }));
