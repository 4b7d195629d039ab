/** Both clocks were ahead once, as after a forged answer of NTP, and are right again. */
import assert from "node:assert/strict";
import { counterAt } from "../../../lib/core/one_time/derive.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { seriesOf } from "../../../lib/server/journal/series.ts";
import { knock, Scratch, serve } from "../../lab/daemon.ts";
import { KNOCKD, Network } from "../../lab/net.ts";
import { alice, RotatingDoor, User } from "../../lab/one_time.ts";

/** Seconds: who has to wait for the next step waits for less than that. */
const PERIOD = 5;
const IN_2050 = counterAt(Date.UTC(2050, 0, 1, 12) / 1000, PERIOD);

Deno.test("a client whose clock and server were in 2050 once gets in again after two commands", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = new RotatingDoor(scratch, "ssh", [alice], { period: PERIOD });
  const config = await scratch.config(door.text);
  const series = seriesOf("ssh", { mode: "totp", period: PERIOD }, {
    ...alice,
    secret: door.secret(alice),
  });
  {
    using journal = await Journal.open(scratch.path("state"));
    journal.spend(series, IN_2050);
  }
  const daemon = await serve(server, config);
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  const knocking = ["knock", server.ipv4, "--otp"];
  const counters = `${user.home}/knockd/counters.toml`;
  await user.knockd(knocking);
  const used = await Deno.readTextFile(counters);
  await Deno.writeTextFile(counters, used.replace(/= \d+$/m, `= ${IN_2050}`));
  const [, command] = await daemon.waitForLine(
    /refused \(alice\): .* lies in the future, at 2050-01-01 12:00 UTC: .*run: (.*)$/,
  );
  const locked = await user.knockd(knocking, { check: false });
  assert.equal(locked.code, 1);
  assert.match(locked.stderr, /is \d+ s ahead of the clock[^]*knockd profile resync/);

  const [program, ...words] = command!.split(" ");
  assert.equal(program, "knockd");
  await server.run([...KNOCKD, ...words, "-c", config]);
  await user.knockd(["profile", "resync", `${server.ipv4}/ssh`]);
  await user.knockd(knocking, { timeout: 30_000 });
  await scratch.waitForLines("opened", 1);
  assert.deepEqual(await scratch.lines("opened"), [`ssh alice ${client.ipv4}`]);

  await knock(client, server.ipv4, ...door.ports(alice, IN_2050));
  await user.knockd(knocking, { timeout: 30_000 });
  const opened = await scratch.waitForLines("opened", 2);
  assert.equal(opened.length, 2);
});
