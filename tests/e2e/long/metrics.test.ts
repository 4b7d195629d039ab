/** Debian's prometheus scrapes a daemon, and answers what contrib/ asks of it. */
import assert from "node:assert/strict";
import { recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { type Host, KNOCKD, Network, run, waitFor } from "../../lab/net.ts";

const CONTRIB = new URL("../../../contrib/", import.meta.url).pathname;
const METRICS = ["curl", "-sS", "http://127.0.0.1:9666/metrics"];
const WEB = "127.0.0.1:9090";

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

/** Asks prometheus; what it finds, a line a series. */
async function query(host: Host, expression: string): Promise<string> {
  const argv = ["promtool", "query", "instant", `http://${WEB}`, expression];
  const { code, stdout, stderr } = await host.run(argv, { check: false });
  assert.ok(code === 0 || /refused|503/.test(stderr), `${expression}: ${stderr}`);
  return stdout;
}

/** The prometheus of contrib/, but it scrapes every second. */
async function startPrometheus(host: Host, scratch: Scratch): Promise<void> {
  const config = await Deno.readTextFile(`${CONTRIB}prometheus/prometheus.yml`);
  const file = scratch.path("prometheus.yml");
  await Deno.writeTextFile(
    file,
    config.replace("15s", "1s").replace(
      "knockd.rules.yml",
      `${CONTRIB}prometheus/knockd.rules.yml`,
    ),
  );
  host.spawn([
    ...["prometheus", `--config.file=${file}`, `--web.listen-address=${WEB}`],
    `--storage.tsdb.path=${scratch.path("tsdb")}`,
  ]);
}

Deno.test("prometheus scrapes the metrics, and the dashboard's queries find them", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const [server, client] = [await net.host("server"), await net.host("client")];
  const doors = recordingDoor(scratch, "ssh", "7000,8000,9000") +
    recordingDoor(scratch, "web", "7100,8100,9100");
  const config = await scratch.config(doors, 'metrics = "127.0.0.1:9666"');
  const daemon = await serve(server, config);
  await startPrometheus(server, scratch);
  await client.run([...KNOCKD, "knock", server.ipv4, "7000", "8000", "9000"]);
  await daemon.waitForLine(/running command/);
  const shows = (expression: string, what: RegExp) =>
    waitFor(async () => what.test(await query(server, expression)), 60_000, expression);
  await shows("knockd_openings_total", /door="ssh".* => 1 @/);
  await shows("knockd_packets_total", /interface="eth0".* => [1-9]/);
  await shows("knockd_command_seconds_count", /door="ssh".* => 1 @/);
  await shows('up{job="knockd"}', /=> 1 @/);
  const dashboard: Dashboard = JSON.parse(
    await Deno.readTextFile(`${CONTRIB}grafana/knockd.json`),
  );
  const told = await server.run([...KNOCKD, "status", "--metrics", "--config", config]);
  assert.match(told.stdout, /^knockd_openings_total\{door="ssh"\} 1\n[^]*# EOF\n$/m);
  for (const argv of [METRICS, [...KNOCKD, "status", "--metrics", "prometheus"]]) {
    const more = argv === METRICS ? "" : ` --config ${config}`;
    const lint = `${argv.join(" ")}${more} | promtool check metrics`;
    const { stdout, stderr } = await server.run(["sh", "-c", lint]);
    assert.equal(stdout + stderr, "");
  }
  const empty = /knockd_refusals|client_clock/;
  for (const { targets } of dashboard.panels) {
    for (const { expr } of targets) {
      if (empty.test(expr)) await query(server, expr);
      else await shows(expr, /=> /);
    }
  }
});

Deno.test("the alerts of contrib/ are right, and fire when they should and not before", async () => {
  const cwd = `${CONTRIB}prometheus`;
  const promtool = (...args: string[]) => run(["promtool", ...args], { cwd });
  assert.match((await promtool("check", "rules", "knockd.rules.yml")).stdout, /SUCCESS/);
  await promtool("check", "config", "prometheus.yml");
  await promtool("test", "rules", "knockd.rules.test.yml");
});
