/** Who had a session through a door of the kernel's, and begins anew from its port. */
import assert from "node:assert/strict";
import { afterwards, knock, Scratch, serve } from "../lab/daemon.ts";
import { guardedHosts, KNOCK, sshConfig } from "../lab/kernel_host.ts";
import { type Host, KNOCKD, Network, waitFor } from "../lab/net.ts";

const PORT = 5000;

/** Whether a SYN from a port is answered. */
async function isAnswered(from: Host, to: Host, source = PORT): Promise<boolean> {
  const syn = ["-S", "-p", "22", "-s", `${source}`, "-k", "-M", "1", "-c", "1"];
  const { stdout } = await from.run(["hping3", ...syn, to.ipv4], { check: false });
  return stdout.includes("flags=SA");
}

/** The client's system says nothing of SYNs that are not its own, the server's nothing twice. */
async function keepQuiet(client: Host, server: Host): Promise<void> {
  const reset = ["-p", "tcp", "--tcp-flags", "RST", "RST", "-j", "DROP"];
  await client.run(["iptables", "-A", "OUTPUT", ...reset]);
  await server.run(["sysctl", "-w", "net.ipv4.tcp_synack_retries=0"]);
}

Deno.test("whoever begins anew when the door is closed has to knock, also from a session's port", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  await keepQuiet(alice, server);
  const config = await sshConfig(scratch, 600);
  await serve(server, config);
  await waitFor(async () => {
    await knock(alice, server.ipv4, ...KNOCK);
    return await isAnswered(alice, server);
  });
  await server.run([...KNOCKD, "close", "--all", "-c", config]);
  assert.equal(await isAnswered(alice, server), false);
  await knock(alice, server.ipv4, ...KNOCK);
  await waitFor(() => isAnswered(alice, server));
});

Deno.test("the one connection of a door may say its SYN again, and is the only one", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  await keepQuiet(alice, server);
  const daemon = await serve(server, await sshConfig(scratch, 600, "connections = 1"));
  // Once: a knock that is heard when the place is taken gives another one.
  await afterwards(daemon, /OPEN SESAME/, () => knock(alice, server.ipv4, ...KNOCK));
  await waitFor(() => isAnswered(alice, server));
  assert.equal(await isAnswered(alice, server, PORT + 1), false);
  assert.equal(await isAnswered(alice, server), true);
});

Deno.test("the one connection of a door may say a SYN again that was never answered", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  await keepQuiet(alice, server);
  const daemon = await serve(server, await sshConfig(scratch, 600, "connections = 1"));
  // Ahead of the connection tracking: to that, too, there was no answer.
  const lost = ["OUTPUT", "-p", "tcp", "--sport", "22", "-j", "DROP"];
  await server.run(["iptables", "-t", "raw", "-A", ...lost]);
  await afterwards(daemon, /OPEN SESAME/, () => knock(alice, server.ipv4, ...KNOCK));
  assert.equal(await isAnswered(alice, server), false);
  await server.run(["iptables", "-t", "raw", "-D", ...lost]);
  assert.equal(await isAnswered(alice, server, PORT + 1), false);
  assert.equal(await isAnswered(alice, server), true);
});
