/** The Debian package in minimal systems: with systemd, and with no service manager. */
import assert from "node:assert/strict";
import { VERSION } from "../../lib/version.ts";
import { knock } from "../lab/daemon.ts";
import { Debian, Machine } from "../lab/debian.ts";
import { type Host, Network } from "../lab/net.ts";
import { run } from "../lab/process.ts";
import { changedByte, DEB, FOREIGN_DEB, laterDeb } from "./packages.ts";

const APT = "apt-get install -q -y --allow-downgrades";
const DOOR = `[options]
interface = "eth0"
[doors.ssh]
sequence = "7000,8000,9000"
open = 22
cmd_timeout = 3000
[doors.mark]
sequence = "7001,8001,9001"
start_command = "touch /run/open"
stop_command = "rm /run/open"
cmd_timeout = 3000
`;
const CLASSIC = `[options]
	interface = eth0
[mark]
	sequence = 7000,8000,9000
	seq_timeout = 15
	tcpflags = syn
	command = touch /run/classic
[once]
	one_time_sequences = /etc/knockd.once
	tcpflags = syn
	command = touch /run/once
[gone]
	sequence = 7007,8007,9007
	tcpflags = syn
	command = /usr/sbin/knock_helper_ipt.sh -i -f %IP% -d 22
`;
/** What `systemctl edit` wrote for Debian's knockd, whose place it names. */
const OVERRIDES = "/etc/systemd/system/knockd.service.d";
const OVERRIDE = "[Service]\\nExecStart=\\nExecStart=/usr/sbin/knockd -v -i eth0\\n";
const IS_OPEN = 'knockd status --json | grep -q \'"ip": *"10.77\'';

interface Stage {
  readonly server: Host;
  readonly client: Host;
  readonly directory: string;
}

async function onStage(debian: Debian, act: (stage: Stage) => Promise<void>) {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await act({ server, client, directory: debian.directory });
}

async function writeConfig(machine: Machine, path: string, text: string) {
  await machine.run(["sh", "-ec", `umask 077; cat >${path}`], { stdin: text });
}

/** Knocks until it is seen: a daemon that has just been started may miss the first. */
async function knockUntil(
  { client, server }: Stage,
  ports: number[],
  seen: () => Promise<boolean>,
) {
  for (let tries = 0; tries < 20; tries++) {
    await knock(client, server.ipv4, ...ports);
    for (let i = 0; i < 20; i++) {
      if (await seen()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  assert.fail(`nothing came of knocking ${ports}`);
}

async function openBoth(stage: Stage, machine: Machine): Promise<void> {
  await knockUntil(stage, [7000, 8000, 9000], () => machine.holds(IS_OPEN));
  await knockUntil(stage, [7001, 8001, 9001], () => machine.holds("test -e /run/open"));
}

/** Both doors are open by the daemon that runs now, and the kernel lets the client pass. */
async function areBothOpen({ client }: Stage, machine: Machine): Promise<void> {
  await machine.waitUntil(IS_OPEN);
  assert.match(
    await machine.shell("nft list table inet knockd"),
    new RegExp(client.ipv4),
  );
  assert.ok(await machine.holds("test -e /run/open"));
}

Deno.test("the Debian package", async (t) => {
  await using debian = await Debian.create();
  const later = await laterDeb(debian.directory);
  await t.step(
    "with systemd, from Debian's knockd and back",
    () => onStage(debian, (stage) => withSystemd(debian, stage, later)),
  );
  await t.step(
    "without a service manager, and what may go wrong",
    () => onStage(debian, (stage) => withoutSystemd(debian, stage, later)),
  );
});

async function withSystemd(debian: Debian, stage: Stage, later: string): Promise<void> {
  const machine = await Machine.start(debian, stage.server.namespace, { booted: true });
  await using _machine = machine;
  const pid = async () =>
    (await machine.shell("systemctl show -P MainPID knockd")).trim();

  await machine.shell(
    `mkdir -p ${OVERRIDES}; printf '${OVERRIDE}' >${OVERRIDES}/own.conf`,
  );
  await machine.shell(`${APT} knockd iptables`);
  await writeConfig(machine, "/etc/knockd.conf", CLASSIC);
  // With none that is left, Debian's would not start again.
  await writeConfig(machine, "/etc/knockd.once", "7003,8003,9003\n7004,8004,9004\n");
  await writeConfig(machine, "/etc/default/knockd", 'KNOCKD_OPTS="-i eth0"\n');
  await machine.shell("systemctl enable --now knockd");
  const classic = () => machine.holds("test -e /run/classic");
  await knockUntil(stage, [7000, 8000, 9000], classic);

  // In its place: the same config, the same doors, enabled as before.
  const converted = await machine.shell(
    `rm /run/classic; ${APT} ${await machine.bring(DEB)}`,
  );
  assert.match(converted, /gone: \/usr\/sbin\/knock_helper_ipt.sh is not there/);
  assert.match(await machine.shell("/usr/bin/knockd --version"), new RegExp(VERSION));
  assert.match(await machine.shell("knock -V"), new RegExp(`knock ${VERSION}`));
  assert.ok(await machine.holds("systemctl is-enabled knockd"));
  await machine.waitUntil("systemctl is-active knockd");
  await knockUntil(stage, [7000, 8000, 9000], classic);
  await knockUntil(stage, [7003, 8003, 9003], () => machine.holds("test -e /run/once"));
  assert.match(await machine.shell("cat /etc/knockd.once"), /^#/);
  await machine.shell("systemctl reload knockd && rm /etc/default/knockd");

  // A config of ours comes before it, and an upgrade leaves open what is open.
  await writeConfig(machine, "/etc/knockd/knock.toml", DOOR);
  await machine.shell(`rm -r ${OVERRIDES}; systemctl daemon-reload`);
  await machine.shell("systemctl enable knockd-guard && systemctl restart knockd");
  await openBoth(stage, machine);
  const before = await pid();
  await machine.shell(`${APT} ${await machine.bring(later)}`);
  await machine.waitUntil("systemctl is-active knockd");
  assert.notEqual(await pid(), before);
  await areBothOpen(stage, machine);

  // A config that the new version does not take ends nobody.
  await machine.shell("echo wrong >>/etc/knockd/knock.toml");
  const running = await pid();
  const said = await machine.shell(`${APT} /root/${DEB.split("/").at(-1)}`);
  assert.match(said, /is wrong for this version; what ran before the upgrade still runs/);
  assert.equal(await pid(), running);
  await machine.shell("sed -i '$d' /etc/knockd/knock.toml && knockd check >&2");

  // While no interface is there the daemon waits, but not apt: it is the new one then, too.
  const named = (interface_: string) =>
    `sed -i 's/^interface = .*/interface = "${interface_}"/' /etc/knockd/knock.toml`;
  await machine.shell(`${named("away0")}; systemctl restart --no-block knockd`);
  await machine.waitUntil("systemctl status knockd | grep -q 'waiting for away0'");
  const waiting = await pid();
  const upgraded = await machine.shell(`${APT} /root/${later.split("/").at(-1)}`);
  assert.match(upgraded, /the daemon is not ready as yet/);
  assert.notEqual(await pid(), waiting);
  await machine.waitUntil("systemctl status knockd | grep -q 'waiting for away0'");
  await machine.shell(`${named("eth0")}; systemctl restart knockd`);

  // Back to Debian's: its program, its config, and no port that nobody could open.
  await machine.shell(`${APT} knockd=0.8\\*`);
  assert.match(await machine.shell("knockd -V"), /0\.8/);
  assert.ok(await machine.holds("test -f /usr/bin/knock && test ! -L /usr/bin/knock"));
  assert.ok(!await machine.holds("nft list table inet knockd"));
  assert.ok(!await machine.holds("test -e /run/open"));
  assert.equal(await machine.shell("cat /etc/knockd.conf"), CLASSIC);
  await machine.shell("rm -f /run/classic; systemctl start knockd");
  await knockUntil(stage, [7000, 8000, 9000], classic);

  // And to ours once more, off, and gone with all that it wrote.
  await machine.shell(`${APT} ${await machine.bring(DEB)}`);
  await machine.waitUntil("systemctl is-active knockd");
  assert.ok(await machine.holds("nft list table inet knockd"));
  await machine.shell("echo wrong >>/etc/knockd/knock.toml; apt-get remove -q -y knockd");
  assert.ok(await machine.holds("test -e /etc/knockd/knock.toml"));
  assert.ok(!await machine.holds("nft list table inet knockd"));
  await machine.shell("apt-get purge -q -y knockd");
  await machine.shell("rm /etc/knockd.once");
  const left = "/etc/knockd* /var/lib/knockd* /var/cache/knockd* /usr/bin/knock* " +
    "/usr/lib/knockd* /var/log/knockd* /etc/init.d/knockd /etc/systemd/system/knockd*/*";
  assert.equal(await machine.shell(`ls -d ${left} 2>/dev/null || true`), "");

  // A first door is made for the package's units, which need nothing beside them.
  await machine.shell(`${APT} /root/${DEB.split("/").at(-1)}`);
  const made = await machine.shell("knockd init --host 10.77.0.1 2>&1");
  assert.match(
    made,
    /^units +\/lib\/systemd\/system\/knockd-guard\.service is there already$/m,
  );
  assert.match(made, /^ +systemctl enable --now knockd-guard knockd$/m);
  await machine.shell("systemctl enable --now knockd-guard knockd && knockd status >&2");
  await machine.shell("test ! -e /etc/systemd/system/knockd.service");

  // Off and on again nobody shuts the ports before the next boot, and that is said.
  const back = await machine.shell(
    `apt-get remove -q -y knockd; ${APT} /root/${DEB.split("/").at(-1)}`,
  );
  assert.match(back, /it starts with the machine, and does not run now: systemctl start/);
}

async function withoutSystemd(
  debian: Debian,
  stage: Stage,
  later: string,
): Promise<void> {
  const options = { booted: false, megabytes: 700 };
  const machine = await Machine.start(debian, stage.server.namespace, options);
  await using _machine = machine;
  const fails = async (line: string, pattern: RegExp) => {
    const { code, stdout, stderr } = await machine.run(["sh", "-c", line], {
      check: false,
    });
    assert.notEqual(code, 0, line);
    assert.match(stdout + stderr, pattern);
  };
  // nspawn's Debian has no policy-rc.d, so that services start.
  const deb = await machine.bring(DEB);
  await fails(`dpkg -i ${await machine.bring(FOREIGN_DEB)}`, /does not match system/);
  await machine.shell("rm /root/*_arm64.deb 2>/dev/null || rm /root/*_amd64.deb");
  await machine.shell(`${APT} ${deb}`);
  assert.match(await machine.shell("service knockd start"), /not started, no \/etc/);
  // Where Deno by itself would not start.
  await machine.shell("mkdir /gone && cd /gone && rmdir /gone && knockd --version >&2");
  await machine.shell("rm -r /var/cache/knockd/deno; ulimit -f 0; knockd --version >&2");

  await writeConfig(machine, "/etc/knockd/knock.toml", DOOR);
  await machine.shell("service knockd start");
  await openBoth(stage, machine);
  const before = await machine.shell("cat /run/knockd.pid");

  const changed = await machine.bring(await changedByte(DEB, stage.directory));
  await fails(`dpkg -i ${changed}`, /error|corrupt/i);
  await machine.shell(`rm ${changed} ${deb}`);
  const upgrade = await machine.bring(later);
  await machine.shell("head -c 1G /dev/zero >/var/filled || true");
  await fails(`dpkg -i ${upgrade}`, /No space left/);
  assert.match(await machine.shell("knockd --version"), new RegExp(VERSION));
  assert.equal(await machine.shell("cat /run/knockd.pid"), before);
  await areBothOpen(stage, machine);
  await machine.shell("rm /var/filled");

  await machine.shell(`${APT} ${upgrade}`);
  assert.notEqual(await machine.shell("cat /run/knockd.pid"), before);
  await areBothOpen(stage, machine);
  await machine.shell("apt-get purge -q -y knockd");
  assert.ok(!await machine.holds("test -e /run/open"));
  assert.ok(!await machine.holds("nft list table inet knockd"));
}

Deno.test("the Debian package has no error that lintian knows of", async () => {
  await run(["lintian", "--allow-root", "--fail-on", "error", DEB], { timeout: 300_000 });
});
