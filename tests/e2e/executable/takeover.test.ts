/** The units over a knockd that runs already, as Debian's 0.8 does, on a system that boots. */
import assert from "node:assert/strict";
import { BootedSystem, bootObstacle } from "../../lab/booted.ts";
import { Network } from "../../lab/net.ts";
import { User } from "../../lab/one_time.ts";

const EXECUTABLE = new URL("../../../dist/knockd", import.meta.url).pathname;
const OLD = "[Service]\\nExecStart=/bin/sleep infinity\\n";
const obstacle = bootObstacle();

Deno.test({
  name:
    "what init says at its end puts the new knockd in the place of one that runs, and lets in" +
    (obstacle === undefined ? "" : ` (${obstacle})`),
  ignore: obstacle !== undefined,
  async fn() {
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    await server.listen(22);
    await using system = await BootedSystem.create(server, EXECUTABLE);
    await system.boot();
    await system.says("sh", "-c", `printf '${OLD}' > /lib/systemd/system/knockd.service`);
    await system.says("systemctl", "daemon-reload");
    assert.equal((await system.says("systemctl", "start", "knockd")).code, 0);
    const old = await system.show("knockd", "MainPID");

    const init = await system.init(server.ipv4);
    assert.equal(init.code, 0, init.text);
    const steps = init.text.match(/^ {4}systemctl .*$/gm) ?? [];
    assert.ok(steps.length > 0, init.text);
    for (const step of steps) {
      const { code, text } = await system.says("sh", "-c", step);
      assert.equal(code, 0, `${step}: ${text}`);
    }
    assert.notEqual(await system.show("knockd", "MainPID"), old);
    assert.equal((await system.says("test", "-e", `/proc/${old}`)).code, 1);
    for (const unit of ["knockd-guard", "knockd"]) {
      assert.equal(await system.show(unit, "ActiveState"), "active");
      assert.equal(await system.show(unit, "UnitFileState"), "enabled");
    }
    assert.equal(await client.canConnect(server.ipv4, 22), false);
    const [uri = ""] = /^otpauth:.*$/m.exec(init.text) ?? [];
    await using user = await User.create([EXECUTABLE], client, uri);
    const knock = await user.knockd(
      ["knock", server.ipv4, "--otp", "--wait-port", "22", "--retries", "3"],
      { timeout: 180_000 },
    );
    assert.equal(knock.code, 0, knock.stderr);
  },
});
