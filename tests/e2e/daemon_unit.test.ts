/** In the place of Debian's knockd, in its own service unit. */
import assert from "node:assert/strict";
import { knock, openings, Scratch } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, type Process, waitFor } from "../lab/net.ts";

const UNIT = "/lib/systemd/system/knockd.service";

const conf = (scratch: Scratch) => `
[options]
\tUseSyslog
\tLogFile = ${scratch.path("knockd.log")}

[openSSH]
\tsequence    = 7000,8000,9000
\tseq_timeout = 5
\tcommand     = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
\ttcpflags    = syn

[openHTTPS]
\tsequence      = 12345,54321,24680,13579
\tseq_timeout   = 5
\tstart_command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 443 -j ACCEPT
\tcmd_timeout   = 60
\tstop_command  = iptables -D INPUT -s %IP% -p tcp --dport 443 -j ACCEPT
\ttcpflags      = syn
`;

/** Starts what a service unit would start, with what it lets it do, as systemd would. */
function startAsUnit(host: Host, unit: string, scratch: Scratch): Process {
  const [, capabilities = ""] = /^CapabilityBoundingSet=(.*)$/m.exec(unit) ?? [];
  const allowed = capabilities.toLowerCase().replaceAll("cap_", "+").split(" ");
  assert.ok(allowed.includes("+net_raw"), capabilities);
  assert.match(unit, /^ProtectSystem=true$/m);
  assert.match(unit, /^ExecStart=\/usr\/sbin\/knockd \$KNOCKD_OPTS$/m);
  const place = [
    "for d in /var/lib /var/cache /run; do mkdir -p $d && mount -t tmpfs -o mode=755 none $d; done",
    `mount --bind ${scratch.path("knockd.conf")} /etc/knockd.conf`,
    "mount --bind /usr /usr && mount -o remount,bind,ro /usr",
    'cd / && exec "$@"',
  ].join(" && ");
  const only = ["-all", ...allowed].join();
  const limits = ["setpriv", "--inh-caps=-all", `--bounding-set=${only}`];
  const env = ["env", "-i", `PATH=${Deno.env.get("PATH")}`, "LANG=C.UTF-8"];
  return host.spawn([
    "sh",
    "-ec",
    place,
    "sh",
    ...limits,
    ...env,
    ...KNOCKD,
    "-i",
    "eth0",
  ]);
}

Deno.test("the daemon takes the place of Debian's in its own service unit", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  await server.listen(22);
  await scratch.write("knockd.conf", conf(scratch));
  const daemon = startAsUnit(server, await Deno.readTextFile(UNIT), scratch);
  await daemon.waitForLine(/listening on eth0 \(/, 20_000);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await waitFor(() => client.canConnect(server.ipv4, 22), 20_000, "port 22");
  await knock(client, server.ipv4, 12345, 54321, 24680, 13579);
  await waitFor(async () => (await openings(server)).length === 2, 20_000, "port 443");
  daemon.kill("SIGHUP");
  const read = async () => (await scratch.lines("knockd.log")).join().includes("re-read");
  await waitFor(read, 20_000, "the reload");
  assert.equal(await daemon.stop("SIGTERM"), 0);
  const left = await openings(server);
  assert.deepEqual(left.map((rule) => / --dport (\d+)/.exec(rule)?.[1]), ["22"]);
});
