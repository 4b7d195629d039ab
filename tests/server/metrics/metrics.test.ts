import assert from "node:assert/strict";
import { metricsText } from "../../../lib/server/metrics_server.ts";
import { door, MemoryWorld } from "../memory_world.ts";

const ALICE = "10.0.0.7";

Deno.test("metrics count openings, refusals, packets, leases and commands", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000) + door("web", 8000));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  await world.knock(ALICE, 8000, 8001, 9, 10, 11, 8002);
  const lines = (await metricsText(world.daemon)).split("\n");
  const rows = [
    'knockd_openings_total{door="ssh"} 1',
    'knockd_openings_total{door="web"} 0',
    'knockd_refusals_total{door="web",reason="foreign"} 1',
    'knockd_listening{interface="eth0"} 1',
    'knockd_leases{door="ssh"} 1',
    'knockd_failing_leases{door="ssh"} 0',
    'knockd_command_seconds_bucket{door="ssh",le="0.005"} 1',
    'knockd_command_seconds_bucket{door="ssh",le="10.0"} 1',
    'knockd_command_seconds_bucket{door="ssh",le="+Inf"} 1',
    'knockd_command_seconds_count{door="ssh"} 1',
    "# TYPE knockd_openings counter",
    "# EOF",
  ];
  for (const row of rows) assert.ok(lines.includes(row), row);
});

Deno.test("in the older format each series is described by its whole name", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  const text = await metricsText(world.daemon, "prometheus");
  const described = new Set(text.match(/(?<=^# HELP )\S+/gm));
  const series = text.match(/^knockd_[a-z_]+/gm)!;
  const names = series.map((name) => name.replace(/_(bucket|sum|count)$/, ""));
  for (const name of names) assert.ok(described.has(name), name);
  assert.match(text, /^# TYPE knockd_openings_total counter$/m);
  assert.doesNotMatch(text, /_total_total|# EOF/);
});

Deno.test("no address is in the metrics, nor the text of a config", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  for (let i = 1; i < 50; i++) await world.knock(`10.0.1.${i}`, 7000, 7001, 7002);
  const text = await metricsText(world.daemon);
  assert.doesNotMatch(text, /10\.0\.1\.|open ssh/);
});

Deno.test("a failed command and a door that does not close are in the metrics", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  await world.system.advance(61_000);
  await world.finish(1);
  const text = await metricsText(world.daemon);
  assert.match(text, /^knockd_failed_commands_total\{door="ssh"\} 1$/m);
  assert.match(text, /^knockd_failing_leases\{door="ssh"\} 1$/m);
});

Deno.test("whether a fleet can be asked, and is owed something, is in the metrics of its nodes", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  assert.doesNotMatch(await metricsText(world.daemon), /fleet/);
  const fleet = {
    name: "prod",
    node: "web1",
    endpoint: "https://10.0.0.1:2379",
    owes: true,
  };
  const text = (standing: typeof fleet & { why?: string }) =>
    metricsText({ status: () => ({ ...world.daemon.status(), fleet: standing }) });
  assert.match(await text(fleet), /^knockd_fleet_reachable\{fleet="prod"\} 1$/m);
  assert.match(await text(fleet), /^knockd_fleet_owes\{fleet="prod"\} 1$/m);
  const away = await text({ ...fleet, why: "no answer in time", owes: false });
  assert.match(away, /^knockd_fleet_reachable\{fleet="prod"\} 0$/m);
  assert.match(away, /^knockd_fleet_owes\{fleet="prod"\} 0$/m);
});
