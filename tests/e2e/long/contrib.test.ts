/** What contrib/ has for other programs, tried with the programs themselves. */
import assert from "node:assert/strict";
import { Report } from "../../../lib/server/log/report.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { jsonLine, messageText, textLine } from "../../../lib/server/log/line.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { isoOf } from "../../../lib/core/local_time.ts";
import { door } from "../../core/doors.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import { recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { KNOCKD, Network, run, waitFor } from "../../lab/net.ts";
import { type MemoryLog, memoryLog } from "../../server/log/memory_log.ts";

const CONTRIB = new URL("../../../contrib/", import.meta.url).pathname;
const NAMES = { nameOf: () => "host.example", ask: () => Promise.resolve() };

/** Lines of every kind, those of failed knocks among them. */
function lines(ip: string, named: boolean): MemoryLog {
  const log = memoryLog();
  const report = new Report(log.logger, new Tally(Date.now), named ? NAMES : undefined);
  const ssh = door("ssh", "1000,2000");
  const knock = {
    door: "my door",
    ip,
    reason: "fault",
    why: "no space: refused",
  } as const;
  report.refused(knock);
  report.refused({ ...knock, client: "alice" });
  report.broken("ssh", ip, undefined, { kind: "used" }, true);
  report.unfinished("ssh", ip, "bob", 2, { kind: "incomplete", came: 2, length: 3 });
  report.starting(["eth0"]);
  report.listening("eth0", [ip]);
  report.stage({ door: ssh, knocks: [], ordered: true }, ip, 1);
  report.suppressed("refused", 3);
  report.packets("ssh", "more packets with a wrong proof", 3);
  report.open({ door: ssh, address: parseAddress(ip)!, port: 2000 });
  report.step("ssh", ip, "alice", 1, 20);
  report.trouble({ kind: "failure", why: "the journal can't be written: refused" });
  report.leases.limited("ssh", "it opens 100 times a second at most", 5);
  report.leases.say({ door: "ssh", ip }, { kind: "left open" });
  report.leases.extended({ door: "ssh", ip }, 10);
  const commands = new CommandReport(log.logger);
  for (const where of ["", "knockd: ", "gate knockd[1]: "]) {
    commands.output("ssh", `${where}${ip}: ssh: refused: forged by a command`);
    commands.output("localhost", `${where}${ip}: ssh: sequence timeout (stage 2): too`);
  }
  commands.running("localhost", `/bin/echo ${ip}: ssh: refused: forged by a command`);
  commands.refused("ssh", 3);
  commands.failed("ssh", 1);
  return log;
}

/** The lines in each of the ways in which fail2ban gets them. */
function written({ records }: MemoryLog): { line: string; isFailed: boolean }[] {
  return records.flatMap((record) => {
    const { event } = record.properties;
    const isFailed = event === "refused" || event === "timeout";
    // Of what seems to be to come fail2ban takes the day of a year ago, if there is one.
    const bsd = new Date(record.timestamp).toString().replace(
      /^.*? (.*?) \d{4} (\S+).*/,
      "$1 $2",
    );
    const syslog = `knockd: ${messageText(record)}`;
    const all = [
      textLine(record),
      textLine(record, "iso"),
      jsonLine(record),
      `${bsd} gate ${syslog}`,
      `${isoOf(record.timestamp)} gate ${syslog}`,
    ];
    return all.map((line) => ({ line, isFailed }));
  });
}

Deno.test("fail2ban finds the address in every line of a failed knock, and in no other", async () => {
  await using scratch = await Scratch.create();
  await run(["cp", "-r", "/etc/fail2ban", scratch.path("fail2ban")]);
  const own = `${scratch.path("fail2ban")}/filter.d/knockd.conf`;
  await Deno.copyFile(`${CONTRIB}fail2ban/filter.d/knockd.conf`, own);
  const all = ["192.0.2.7", "2001:db8::7"].flatMap((ip) =>
    [false, true].flatMap((named) => written(lines(ip, named)))
  );
  const log = await scratch.write("log", all.map(({ line }) => `${line}\n`).join(""));
  const argv = ["fail2ban-regex", "-c", scratch.path("fail2ban")];
  const found = async (what: string) => {
    const { stdout } = await run([...argv, "--out", what, log, "knockd"]);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const failed = all.filter(({ isFailed }) => isFailed).map(({ line }) => line);
  assert.deepEqual(await found("<matches>"), failed);
  const addresses = new Set(await found("id"));
  assert.deepEqual([...addresses].sort(), ["192.0.2.7", "2001:db8::7"]);
});

Deno.test("fail2ban takes the jail", async () => {
  await using scratch = await Scratch.create();
  await run(["cp", "-r", "/etc/fail2ban", scratch.path("fail2ban")]);
  await run(["cp", "-r", `${CONTRIB}fail2ban/.`, scratch.path("fail2ban")]);
  const jail = `${scratch.path("fail2ban")}/jail.d/knockd.conf`;
  const text = await Deno.readTextFile(jail);
  await Deno.writeTextFile(jail, text.replaceAll("/var/log/", `${scratch.directory}/`));
  // As a daemon with a user of its own has it.
  await Deno.mkdir(scratch.path("knockd"));
  await scratch.write("knockd/knockd.log", "");
  await Deno.remove(`${scratch.path("fail2ban")}/jail.d/defaults-debian.conf`);
  const { stdout } = await run(["fail2ban-client", "-c", scratch.path("fail2ban"), "-d"]);
  assert.match(stdout, /'add', 'knockd'/);
  assert.match(stdout, /'ignoreip'|addignoreip/);
});

Deno.test("logrotate has the daemon begin a new file, and no line is lost", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const [server, client] = [await net.host("server"), await net.host("client")];
  const log = scratch.path("knockd.log");
  const config = await scratch.config(
    recordingDoor(scratch, "ssh", "7000,8000,9000"),
    `log_file = "${log}"`,
  );
  await serve(server, config);
  await client.run([...KNOCKD, "knock", server.ipv4, "7000", "8000", "9000"]);
  await scratch.waitForLines("opened", 1);
  const text = await Deno.readTextFile(`${CONTRIB}logrotate/knockd`);
  const reload = [...KNOCKD, "reload", "--config", config].join(" ");
  const own = text.replace("/var/log/knockd.log /var/log/knockd/*.log", log)
    .replace("knockd reload", reload);
  // A daemon that is not root may open its own files alone.
  await Deno.chown(log, 12345, 12345);
  const rotation = await scratch.write("rotation", own);
  const state = scratch.path("rotation.state");
  await server.run(["logrotate", "--force", "--state", state, rotation]);
  await waitFor(async () => /re-reading/.test(await Deno.readTextFile(log)));
  await client.run([...KNOCKD, "knock", server.ipv4, "7000", "8000", "9000"]);
  await scratch.waitForLines("opened", 2);
  const openings = async (path: string) =>
    (await Deno.readTextFile(path)).split("\n").filter((line) => /OPEN/.test(line));
  assert.equal((await openings(`${log}.1`)).length, 1);
  // A command that was started may be done before the line of it is in the file.
  await waitFor(async () => (await openings(log)).length === 1);
  const { mode, uid, gid } = await Deno.stat(log);
  assert.deepEqual([mode! & 0o777, uid, gid], [0o640, 12345, 12345]);
});

Deno.test("rsyslog takes its snippet", async () => {
  await run(["rsyslogd", "-N1", "-f", `${CONTRIB}rsyslog/knockd.conf`]);
});
