/** Port scans by nmap over ranges that hold every sequence. */
import assert from "node:assert/strict";
import { knock, recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { Network } from "../../lab/net.ts";

const DOORS = {
  // Ascending, as in knockd(1): an ascending scan opens it at Debian's knockd.
  tcp: "7000,8000,9000",
  udp: "7000:udp,8000:udp,9000:udp",
  mixed: "7100,8100:udp,9100",
  near: "7200,7204,7208",
};

const RANGE = "6990-7210,7990-8110,8990-9110";
/**
 * For what draws its order: of as few ports as those above, one draw in thirty thousand has a
 * door's three in theirs, with two others between them at most.
 */
const WIDE = "6800-7800,7900-8400,8500-9200";

const SCANS: [what: string, ...options: string[]][] = [
  ["ascending", "-sS", "-r"],
  ["random", "-sS"],
  ["by connections", "-sT", "-r"],
  ["by datagrams", "-sU", "-r"],
  ["by datagrams and SYNs", "-sSU"],
  ["more slowly", "-sS", "-r", "--min-rate", "200", "--max-rate", "300"],
  ["with retries", "-sS", "-r", "--max-retries", "2"],
  ["over IPv6", "-sS", "-r", "-6"],
];

for (const firewall of ["closed", "dropping"]) {
  Deno.test(`no scan of ${firewall} ports opens a door, and a knock after it does`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    if (firewall === "dropping") await server.dropIncoming();
    const doors = Object.entries(DOORS).map(([name, ports]) =>
      recordingDoor(scratch, name, ports)
    );
    // Shows that the scans arrive: without the limit, they open what is in their order.
    const unguarded = `[doors.unguarded]\ntolerance = -1\nsequence = "7002,8002,9002"
command = "echo open >> ${scratch.path("unguarded")}"\n`;
    await serve(server, await scratch.config(doors.join("") + unguarded));
    let opened = 0;
    for (const [what, ...options] of SCANS) {
      const to = options.includes("-6") ? server.ipv6 : server.ipv4;
      const quickly = ["-n", "-Pn", "-T5", "--max-retries", "0", "--min-rate", "900"];
      const range = options.includes("-r") ? RANGE : WIDE;
      await client.run(["nmap", ...quickly, "-p", range, ...options, to]);
      await knock(client, to, ...DOORS.mixed.split(","));
      const lines = await scratch.waitForLines("opened", ++opened);
      assert.deepEqual(lines.slice(opened - 1).map((line) => line.split(" ")[0]), [
        "mixed",
      ], what);
    }
    // Those that try a port again may not.
    const arrived = (await scratch.lines("unguarded")).length;
    assert.ok(arrived >= 3, `${arrived} scans arrived in order`);
    for (const ports of Object.values(DOORS)) {
      await knock(client, server.ipv4, ...ports.split(","));
    }
    const names = (await scratch.waitForLines("opened", opened + 4)).slice(opened);
    // Commands that run side by side write in any order.
    assert.deepEqual(
      names.map((line) => line.split(" ")[0]).toSorted(),
      Object.keys(DOORS).toSorted(),
    );
  });
}
