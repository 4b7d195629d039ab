/** Doors with `open` where much else goes on: Docker's rules, reloads amid connections. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../../lab/daemon.ts";
import {
  firewall,
  guardedHosts,
  knockUntilOpen,
  sshConfig,
} from "../../lab/kernel_host.ts";
import { type Host, Network, sleep } from "../../lab/net.ts";

const PUBLISHED = 8080;
const WEB = [7001, 8001, 9001];
const CONTAINER = "172.17.0.2";

/** What dockerd leaves for one container whose port 80 is published as 8080. */
const DOCKER = `*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp --dport ${PUBLISHED} -j DNAT --to-destination ${CONTAINER}:80
COMMIT
*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 -j ACCEPT
-A DOCKER -d ${CONTAINER}/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
`;

/** Makes a host one that Docker runs on, and another its container. */
async function dockerOn(server: Host, container: Host): Promise<void> {
  const { namespace } = container;
  await server.run(["ip", "-batch", "-"], {
    stdin: `link add docker0 type bridge
      address add 172.17.0.1/16 dev docker0
      link set docker0 up
      link add inside type veth peer name eth1 netns ${namespace}
      link set inside master docker0 up`,
  });
  await container.run(["ip", "-batch", "-"], {
    stdin: `link set eth0 down
      link set eth1 up
      address add ${CONTAINER}/16 dev eth1
      route replace default via 172.17.0.1`,
  });
  await server.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
  await server.run(["iptables-restore"], { stdin: DOCKER });
}

Deno.test("a port that Docker publishes is shut but for those who knocked, also when its rules are made anew", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const container = await net.host("container");
  await dockerOn(server, container);
  await container.listen(80);
  assert.equal(await mallory.canConnect(server.ipv4, PUBLISHED, 10_000), true);
  const web = `[doors.web]\nopen = ${PUBLISHED}\nsequence = "${WEB}"\n`;
  await serve(server, await sshConfig(scratch, 600, `${web}cmd_timeout = 600\n`));
  assert.equal(await mallory.canConnect(server.ipv4, PUBLISHED), false);
  await knockUntilOpen(alice, server.ipv4);
  await knockUntilOpen(alice, server.ipv4, PUBLISHED, WEB);
  assert.equal(await container.canConnect("172.17.0.1", 22), false);
  await server.run(["iptables-restore"], { stdin: DOCKER });
  assert.equal(await mallory.canConnect(server.ipv4, PUBLISHED), false);
  assert.equal(await alice.canConnect(server.ipv4, PUBLISHED, 10_000), true);
});

Deno.test("between hosts that this one bridges and has no route to, its doors shut nothing", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory: guest } = await guardedHosts(net);
  await guest.listen(22);
  await server.run(["ip", "-batch", "-"], {
    stdin: `address flush dev eth0
      link add br0 type bridge
      link set br0 up
      link set eth0 master br0
      link add inside type veth peer name eth1 netns ${guest.namespace}
      link set inside master br0 up`,
  });
  await guest.run(["ip", "-batch", "-"], {
    stdin: `link set eth0 down
      link set eth1 up
      address add 10.77.0.9/24 dev eth1
      address add fd77::9/64 dev eth1 nodad`,
  });
  // As Docker, libvirt and Kubernetes have it: bridged packets pass the firewall.
  const switches = "/proc/sys/net/bridge/bridge-nf-call-ip*tables";
  await server.run(["sh", "-c", `for f in ${switches}; do echo 1 > $f; done`]);
  await firewall(server, "up", await sshConfig(scratch, 600));
  assert.equal(await alice.canConnect("10.77.0.9", 22, 10_000), true);
  assert.equal(await alice.canConnect("fd77::9", 22, 10_000), true);
});

/** Port 22 and the next are a range, and so is who is allowed. */
const OTHERS = `[doors.web]
open = "23, 443, 8000-8010"
allow = ["192.0.2.0/24", "198.51.100.0/25"]
sequence = "7001,8001,9001"
`;
const RELOADS = 150;
/** A stranger's tries; on a busy machine they take longer. */
const TRIES = 10_000;
const REST_MS = 30;

/** Connects so many times, one after the other, and says how often it could. */
const CONNECT = `
const [host, count] = Deno.args;
let done = 0;
for (let i = 0; i < Number(count); i++) {
  (await Deno.connect({ hostname: host, port: 22 })).close();
  done++;
}
console.log(done);
`;

Deno.test("reloads amid a thousand new connections refuse none, and let no stranger in", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const path = await sshConfig(scratch, 600);
  const config = await Deno.readTextFile(path);
  const daemon = await serve(server, path);
  await knockUntilOpen(alice, server.ipv4);
  const program = await scratch.write("connect.js", CONNECT);
  const argv = [Deno.execPath(), "run", "--no-config", "--allow-net", program];
  const connecting = alice.spawn([...argv, server.ipv4, "1000"]);
  const syns = ["-S", "-p", "22", "-i", "u300", "-c", `${TRIES}`, "-q"];
  const stranger = mallory.spawn(["hping3", ...syns, server.ipv4]);
  const others = ["", OTHERS];
  const isBusy = (turn: number) =>
    connecting.running || stranger.running || turn < RELOADS;
  for (let turn = 1; isBusy(turn); turn++) {
    // One that is half written is a config, too.
    await Deno.rename(await scratch.write("next", config + others[turn % 2]!), path);
    daemon.kill("SIGHUP");
    await sleep(REST_MS);
  }
  await stranger.wait();
  const [, sent, answered] =
    /(\d+) packets transmitted, (\d+) packets received/.exec(stranger.stderr) ?? [];
  assert.equal(sent, `${TRIES}`);
  assert.equal(answered, "0");
  assert.equal(await connecting.wait(), 0, connecting.stderr);
  assert.equal(connecting.stdout.trim(), "1000");
});
