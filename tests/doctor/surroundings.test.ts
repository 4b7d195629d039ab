import assert from "node:assert/strict";
import { surroundingAdvice } from "../../lib/doctor/surroundings.ts";
import { load } from "../config/files.ts";
import { machineWith, ruleset } from "./sick_machine.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
/** A socket as /proc/net has it: port 8000 is 1F40, 7000 is 1B58, 51820 is CA6C. */
const socket = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0\n`;
const IPTABLES = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
const COMMANDS = `start_command = "${IPTABLES}"\nstop_command = "true"\n`;
const door = (sequence: string, more = COMMANDS) =>
  `[doors.ssh]\nsequence = "${sequence}"\n${more}`;

async function names(
  text: string,
  files: Readonly<Record<string, string>>,
  rules: readonly unknown[] = [],
  uid = 0,
) {
  const machine = machineWith({
    uid,
    files,
    programs: { "nft -j list ruleset": { code: 0, text: ruleset(...rules) } },
  });
  const { config } = await load(text);
  return (await surroundingAdvice(machine, config!)).map(({ name, message }) =>
    `${name}: ${message}`
  );
}

for (
  const [title, sequence, files, said] of [
    ["a service on all addresses", "7000,8000,9000", {
      tcp: socket("00000000:1F40", "0A"),
    }, true],
    ["a service over IPv6", "7000,8000,9000", {
      tcp6: socket("00000000000000000000000000000000:1F40", "0A"),
    }, true],
    [
      "a service on loopback",
      "7000,8000,9000",
      { tcp: socket("0100007F:1F40", "0A") },
      false,
    ],
    ["one on IPv6's loopback", "7000,8000,9000", {
      tcp6: socket("00000000000000000000000001000000:1F40", "0A"),
    }, false],
    ["a connection", "7000,8000,9000", { tcp: socket("0101A8C0:1F40", "01") }, false],
    ["a service by the other protocol", "7000,8000,9000", {
      udp: socket("00000000:1F40", "07"),
    }, false],
    [
      "a datagram service",
      "7000,8000:udp,9000",
      { udp: socket("00000000:1F40", "07") },
      true,
    ],
    ["what may be a client's socket", "7000,51820:udp,9000", {
      udp: socket("00000000:CA6C", "07"),
    }, false],
    ["nothing at all", "7000,8000,9000", {}, false],
    ["what can't be read", "7000,8000,9000", { tcp: "?\n\n0: x\n" }, false],
  ] as const
) {
  Deno.test(`a port of a knock, and ${title}: ${said ? "said" : "nothing"}`, async () => {
    const tables = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`/proc/net/${name}`, HEAD + text]),
    );
    const found = await names(door(sequence), tables);
    assert.deepEqual(
      found.map((line) => line.split(":")[0]),
      said ? ["served-port"] : [],
    );
  });
}

const chain = (family: string, table: string, name: string, policy: string) => ({
  chain: { family, table, name, hook: "input", policy },
});
const rule = (family: string, table: string, name: string, ...expr: unknown[]) => ({
  rule: { family, table, chain: name, handle: 7, expr },
});
const FILTER = chain("ip", "filter", "INPUT", "drop");
const CONNTRACK = rule("ip", "filter", "INPUT", {
  xt: { type: "match", name: "conntrack" },
}, {
  accept: null,
});
const OTHER = chain("inet", "mine", "input", "drop");
const OTHER_TAKES_22 = rule("inet", "mine", "input", {
  match: { op: "==", left: { payload: { protocol: "tcp", field: "dport" } }, right: 22 },
}, { accept: null });

for (
  const [title, rules, more, expected] of [
    ["no firewall", [], COMMANDS, []],
    ["iptables' own, which takes answers", [FILTER, CONNTRACK], COMMANDS, []],
    ["iptables' own, which drops answers", [FILTER], COMMANDS, ["no-established-rule"]],
    ["another table that drops", [FILTER, CONNTRACK, OTHER], COMMANDS, [
      "dropped-elsewhere",
    ]],
    ["another table that lets the port in", [OTHER, OTHER_TAKES_22], COMMANDS, []],
    ["a table that drops what the kernel opens", [OTHER], "open = 22\n", [
      "dropped-elsewhere",
    ]],
    ["a table that drops, and a script", [OTHER], 'command = "/opt/open %IP%"\n', []],
  ] as const
) {
  Deno.test(`check reads a firewall: ${title}: ${expected.join() || "nothing"}`, async () => {
    const found = await names(door("7000,8000,9000", more), {}, rules);
    assert.deepEqual(found.map((line) => line.split(":")[0]), expected);
    assert.deepEqual(await names(door("7000,8000,9000", more), {}, rules, 1000), []);
  });
}
