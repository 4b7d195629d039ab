/** From an empty machine to a port of one's own, by what `knockd init` makes. */
import assert from "node:assert/strict";
import { KNOCKD, Network } from "../lab/net.ts";
import { User } from "../lab/one_time.ts";

Deno.test("what init makes guards the port and lets in its first client alone", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const stranger = await net.host("stranger");
  await server.listen(22);
  // Directories of its own, so that it finds an empty machine.
  const own = "for d in /etc/knockd /var/lib/knockd /run; do mkdir -p $d && " +
    "mount -t tmpfs -o mode=755 none $d || exit 1; done; " +
    '"$@" init ssh --open 22 --host $HOST --client alice && exec "$@" serve -i eth0';
  const daemon = server.spawn(["sh", "-c", own, "sh", ...KNOCKD], {
    env: { HOST: server.ipv4 },
  });
  await daemon.waitForLine(/listening on eth0 \(/, 30_000);
  const uri = daemon.stdout.split("\n").find((line) => line.startsWith("otpauth://"));
  assert.ok(uri, daemon.stdout);
  await using user = await User.create(KNOCKD, client, uri);
  assert.equal(await client.canConnect(server.ipv4, 22), false);
  const { code } = await user.knockd(
    ["knock", server.ipv4, "--otp", "--wait-port", "22", "--retries", "3"],
    { timeout: 120_000 },
  );
  assert.equal(code, 0);
  assert.equal(await stranger.canConnect(server.ipv4, 22), false);
});
