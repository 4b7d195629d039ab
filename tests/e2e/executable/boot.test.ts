/** The units as they are installed, on a system that boots. */
import assert from "node:assert/strict";
import { BootedSystem, bootObstacle } from "../../lab/booted.ts";
import { Network } from "../../lab/net.ts";
import { User } from "../../lab/one_time.ts";

const EXECUTABLE = new URL("../../../dist/knockd", import.meta.url).pathname;
const obstacle = bootObstacle();

Deno.test({
  name:
    "init's units: shut before the network, no root, open to whoever knocks, after a reboot too, also with a broken config" +
    (obstacle === undefined ? "" : ` (${obstacle})`),
  ignore: obstacle !== undefined,
  async fn() {
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    const stranger = await net.host("stranger");
    await server.listen(22);
    await using system = await BootedSystem.create(server, EXECUTABLE);
    await system.boot();
    const init = await system.init(server.ipv4);
    assert.equal(init.code, 0, init.text);
    const [uri = ""] = /^otpauth:.*$/m.exec(init.text) ?? [];
    assert.equal((await system.says("systemctl", "daemon-reload")).code, 0);
    const units = ["knockd-guard", "knockd"];
    const enabled = await system.says("systemctl", "enable", "--now", ...units);
    assert.equal(enabled.code, 0, enabled.text);

    const pid = await system.show("knockd", "MainPID");
    const status = (await system.says("cat", `/proc/${pid}/status`)).text;
    assert.doesNotMatch(status, /^Uid:\s+0\b/m);
    assert.match(status, /^CapEff:\s+0*3000$/m);
    assert.match(status, /^CapBnd:\s+0*3000$/m);
    await using user = await User.create([EXECUTABLE], client, uri);
    const knock = () =>
      user.knockd(
        ["knock", server.ipv4, "--otp", "--wait-port", "22", "--retries", "3"],
        { timeout: 180_000 },
      );
    assert.equal(await client.canConnect(server.ipv4, 22), false);
    assert.equal((await knock()).code, 0);
    assert.equal(await stranger.canConnect(server.ipv4, 22), false);
    assert.match((await system.says("knockd", "status")).text, /ssh\s+.*alice/);

    const config = "/etc/knockd/knock.toml";
    const write = (text: string) =>
      system.says("sh", "-c", `printf '${text}' >> ${config}`);
    assert.equal((await system.says("systemctl", "reload", "knockd")).code, 0);
    await write("[doors.x]\nsequence = [7, 8, 9]\ncommand = [");
    assert.notEqual((await system.says("systemctl", "reload", "knockd")).code, 0);
    await write('"true"]\n');
    assert.notEqual((await system.says("systemctl", "reload", "knockd")).code, 0);
    assert.equal(await system.show("knockd", "ActiveState"), "active");
    assert.equal(await system.show("knockd", "MainPID"), pid);
    assert.notEqual((await system.says("systemctl", "restart", "knockd")).code, 0);
    const log = (await system.says("journalctl", "-u", "knockd", "--no-pager")).text;
    assert.match(log, /the door x has a command, and \S+ may not be executed here/);
    assert.equal(await stranger.canConnect(server.ipv4, 22), false);
    await system.says("sed", "-i", "/doors.x/,$d", config);

    // The program that is there already takes no disk that can be written to.
    const runtime = "/usr/lib/knockd-runtime";
    const readOnly = `mount --bind ${runtime} ${runtime} && ` +
      `mount -o remount,bind,ro ${runtime} && systemctl restart knockd`;
    const restarted = await system.says("sh", "-c", readOnly);
    assert.equal(restarted.code, 0, restarted.text);
    await system.says("umount", "--lazy", runtime);

    await system.powerOff();
    // The power took the kernel's tables with it, which here outlive the container.
    await server.run(["nft", "flush", "ruleset"]);
    await system.boot();
    const when = async (unit: string) =>
      Number(await system.show(unit, "ActiveEnterTimestampMonotonic"));
    const guarded = await when("knockd-guard.service");
    assert.ok(guarded > 0 && guarded <= await when("network-pre.target"));
    assert.equal(await system.show("knockd", "ActiveState"), "active");
    assert.equal(await stranger.canConnect(server.ipv4, 22), false);
    assert.equal((await knock()).code, 0);

    await write("[doors.x");
    await system.powerOff();
    await server.run(["nft", "flush", "ruleset"]);
    await system.boot();
    for (const unit of units) {
      assert.notEqual(await system.show(unit, "ActiveState"), "active");
    }
    assert.equal(await stranger.canConnect(server.ipv4, 22), false);
    await system.says("sed", "-i", "/doors.x/,$d", config);
    assert.equal((await system.says("systemctl", "restart", ...units)).code, 0);
    assert.equal((await knock()).code, 0);
  },
});
