/** Several daemons on one machine, as two large container images start them. */
import assert from "node:assert/strict";
import { Scratch } from "../lab/daemon.ts";
import { KNOCKD, Network } from "../lab/net.ts";

const DOOR = "sequence = 7000,8000,9000\ncommand = true\n";

/** What is done, on a machine whose /run and /var/lib are its own; each step's words and exit code. */
const SCRIPT = `
for d in /var/lib /run; do mount -t tmpfs -o mode=755 none $d || exit 1; done
step() { echo "== $1"; shift; "$@" 2>&1; echo "code $?"; }
gone() { while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; }
step first knockd -d -i eth0 -c a.conf -p a.pid
step second knockd -d -i lo -c b.conf -p b.pid
step twin knockd -d -i eth0 -c a.conf -p c.pid
step which knockd status
step which-firewall knockd firewall status
step ill-or-well knockd doctor -i lo
step by-config knockd status --config b.conf
step by-both knockd status --config a.conf -i eth0
step by-interface knockd status -i lo
socket=$(knockd status 2>&1 | sed -n 's#^.* \\(/run/[^ ]*\\)  .*/b.conf .*#\\1#p')
chown 65534 $socket
step beside-a-strangers knockd status
step a-strangers knockd status --control $socket
b=$(cat b.pid); kill $b; gone $b
step the-other knockd status
step only-one knockd doctor
step its-table knockd firewall down
a=$(cat a.pid); kill -9 $a; gone $a
step none knockd status
step again knockd -d -i eth0 -c a.conf -p a.pid
step well knockd status
a=$(cat a.pid); kill $a; gone $a
ls /run
`;

Deno.test("daemons start for an interface each as knockd 0.8's do, though none is told of a PID file", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  await scratch.write("a.conf", `[doorA]\n${DOOR}`);
  const script = `cd ${scratch.directory} || exit 1
for d in /var/lib /run; do mount -t tmpfs -o mode=755 none $d || exit 1; done
"$@" -i eth0; echo "code $?"; first=$(cat /run/knockd.pid)
"$@" -i lo -p /var/run/knockd.pid; echo "code $?"; [ "$(cat /run/knockd.pid)" = "$first" ] && echo kept
"$@" -i lo; echo "code $?"`;
  const argv = [...KNOCKD, "-d", "-c", "a.conf"];
  const { stdout, stderr } = await server.run(["sh", "-c", script, "sh", ...argv]);
  assert.equal(stdout, "code 0\ncode 0\nkept\ncode 1\n", stderr);
  assert.match(
    stderr,
    /warning: another knockd is running .*; going on without a PID file/,
  );
  assert.match(stderr, /error: another knockd is running with this config/);
});

Deno.test("several daemons run on one machine, and each is found", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  await scratch.write("a.conf", `[doorA]\n${DOOR}`);
  await scratch.write("b.conf", `[doorB]\n${DOOR}`);
  const run = `knockd() { ${KNOCKD.map((word) => `'${word}'`).join(" ")} "$@"; }\n` +
    `cd ${scratch.directory} || exit 1\n`;
  const { stdout } = await server.run(["sh", "-c", run + SCRIPT], { timeout: 120_000 });
  const steps = new Map(
    stdout.split("== ").slice(1).map((step) => {
      const [name = "", ...lines] = step.split("\n");
      return [name, lines.join("\n")];
    }),
  );
  const said = (step: string, pattern: RegExp) =>
    assert.match(steps.get(step) ?? "", pattern, `${step}:\n${stdout}`);

  for (const step of ["first", "second", "again"]) said(step, /^code 0$/m);
  said("twin", /another knockd is running with this config \(process \d+, /);
  said("twin", /^code 1$/m);
  said("which", /2 daemons run; which one\?/);
  said("which-firewall", /2 daemons run; which one\?/);
  said("ill-or-well", /\/b\.conf/);
  said("only-one", /\/a\.conf/);
  said("its-table", /table inet knockd: there is none\ncode 0$/m);
  said("which", /\/run\/knockd-[0-9a-f]{12}\.sock {2}\S+\/a\.conf {2}eth0$/m);
  said("which", /\/run\/knockd-[0-9a-f]{12}\.sock {2}\S+\/b\.conf {2}lo$/m);
  said("which", /hint: .*--control.*\ncode 1$/m);
  for (const step of ["by-config", "by-interface", "a-strangers"]) {
    said(step, /doorB +one sequence/);
  }
  for (const step of ["by-both", "the-other", "well", "beside-a-strangers"]) {
    said(step, /doorA +one sequence/);
  }
  said("none", /no daemon is running here[^]*^code 1$/m);
  assert.match(stdout, /code 0\n$/, "sockets are left over");
});
