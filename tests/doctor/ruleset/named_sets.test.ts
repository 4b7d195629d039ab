/** Sets and maps of ports that rules name. */
import assert from "node:assert/strict";
import { diagnose } from "../../../lib/doctor/doctor.ts";
import { load } from "../../config/files.ts";
import { answers, machineWith, ruleset } from "../sick_machine.ts";

const IPTABLES = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
const DOOR = `[doors.ssh]\nsequence = "7000,8000,9000"\nstart_command = "${IPTABLES}"
stop_command = "true"\n`;
const accept = { accept: null };
const drop = { drop: null };
const DPORT = { payload: { protocol: "tcp", field: "dport" } };
const STATE = { ct: { key: "state" } };
const OPEN = ["nothing drops what comes to 22/tcp"];

for (
  const [title, expr, doctor] of [
    ["a set that has the port", [
      { match: { op: "==", left: DPORT, right: "@ports" } },
      accept,
    ], OPEN],
    ["a set that has not", [
      { match: { op: "==", left: DPORT, right: "@empty" } },
      accept,
    ], []],
    ["a map that accepts the port", [{ vmap: { key: DPORT, data: "@verdicts" } }], OPEN],
    ["a set of addresses", [
      {
        match: {
          op: "==",
          left: { payload: { protocol: "ip", field: "saddr" } },
          right: "@hosts",
        },
      },
      accept,
    ], []],
  ] as const
) {
  Deno.test(`the doctor looks into ${title}`, async () => {
    const of = { family: "inet", table: "f" };
    const named = (name: string, elem?: readonly unknown[], type = "inet_service") => ({
      ...of,
      name,
      type,
      ...elem && { elem },
    });
    const entries = [
      {
        set: named("ports", [80, { elem: { val: { range: [20, 25] }, comment: "ssh" } }]),
      },
      { set: named("empty") },
      { set: named("hosts", ["192.0.2.7"], "ipv4_addr") },
      { map: named("verdicts", [[22, accept], [80, drop]]) },
      { chain: { ...of, name: "in", hook: "input", policy: "drop" } },
      { rule: { ...of, chain: "in", expr } },
      {
        rule: {
          ...of,
          chain: "in",
          expr: [{ match: { op: "in", left: STATE, right: "established" } }, accept],
        },
      },
    ];
    const machine = machineWith({
      interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
      programs: { "nft -j list ruleset": { code: 0, text: ruleset(...entries) } },
    });
    const { config } = await load(DOOR);
    const findings = await diagnose(machine, config, answers);
    const ill = findings.filter(({ state, about }) => state === "ill" && about === "IPv4")
      .map(({ says }) => says);
    assert.equal(ill.length, doctor.length, ill.join("\n"));
    doctor.forEach((part, i) => assert.ok(ill[i]!.includes(part), ill[i]));
  });
}
