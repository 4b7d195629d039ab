/** Knocks at link-local addresses, whose zone is the client's own interface. */
import assert from "node:assert/strict";
import { recordingDoor, Scratch, serve } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network } from "../lab/net.ts";
import { alice, RotatingDoor, User } from "../lab/one_time.ts";

/** Gives a host a link-local address of our choice, there at once. */
async function near(host: Host, address: string): Promise<string> {
  await host.run(["ip", "address", "add", `${address}/64`, "dev", "eth0", "nodad"]);
  await host.run(["ip", "address", "flush", "dev", "eth0", "scope", "global"]);
  return address;
}

Deno.test("a host is knocked at by its link-local address: TCP, UDP, packets, bound", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const gate = `${await near(server, "fe80::a")}%eth0`;
  const source = await near(client, "fe80::b");
  // What answers ends a try early, what is silent late: both are one hit.
  for (
    const rule of ["7000 -j DROP", "9000 -j REJECT --reject-with icmp6-adm-prohibited"]
  ) {
    await server.run(`ip6tables -A INPUT -p tcp --dport ${rule}`.split(" "));
  }
  const settings = { bindSource: true, mode: "hotp", packet: 62201 } as const;
  const door = new RotatingDoor(scratch, "ssh", [alice], settings);
  const doors = recordingDoor(scratch, "plain", "7000,8000:udp,9000") + door.text;
  await serve(server, await scratch.config(doors));
  await using user = await User.create(KNOCKD, client, door.uri(alice, gate));

  await client.run([...KNOCKD, "knock", gate, "7000", "8000:udp", "9000"]);
  await scratch.waitForLines("opened", 1);
  await user.knockd(["knock", gate, "--otp", "--form", "sequence"]);
  await scratch.waitForLines("opened", 2);
  await user.knockd(["knock", gate, "--otp", "--form", "packet"]);
  assert.deepEqual(await scratch.waitForLines("opened", 3), [
    `plain ${source}`,
    `ssh alice ${source}`,
    `ssh alice ${source}`,
  ]);
});

for (const zone of ["nowhere", "99", "lo"]) {
  Deno.test(`a zone that this machine has not, ${zone}, is said`, async () => {
    await using net = await Network.create();
    const client = await net.host("client");
    for (const port of ["7000", "7000:udp"]) {
      const knock = [...KNOCKD, "knock", `fe80::a%${zone}`, port];
      const { code, stderr } = await client.run(knock, { check: false });
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`has no link-local addresses on ${zone}\n.*hint: `),
      );
    }
  });
}
