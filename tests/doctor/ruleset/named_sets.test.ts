/** Sets and maps of ports that rules name. */
import assert from "node:assert/strict";
import { diagnose } from "../../../lib/doctor/doctor.ts";
import type { Said } from "../../../lib/doctor/machine.ts";
import { listedRuleset } from "../../../lib/doctor/ruleset/listed_ruleset.ts";
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
    const named = (name: string, type = "inet_service") => ({ ...of, name, type });
    const ports = [80, { elem: { val: { range: [20, 25] }, comment: "ssh" } }];
    const listed = (kind: "set" | "map", name: string, elem?: readonly unknown[]) => ({
      [`nft -j list ${kind} inet f ${name}`]: {
        code: 0,
        text: ruleset({ [kind]: { ...named(name), ...elem && { elem } } }),
      },
    });
    const entries = [
      { set: named("ports") },
      { set: named("empty") },
      { set: named("hosts", "ipv4_addr") },
      { map: named("verdicts") },
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
      programs: {
        "nft -j list ruleset": { code: 0, text: ruleset(...entries) },
        ...listed("set", "ports", ports),
        ...listed("set", "empty"),
        ...listed("map", "verdicts", [[22, accept], [80, drop]]),
      },
    });
    const { config } = await load(DOOR);
    const findings = await diagnose(machine, config, answers);
    const ill = findings.filter(({ state, about }) => state === "ill" && about === "IPv4")
      .map(({ says }) => says);
    assert.equal(ill.length, doctor.length, ill.join("\n"));
    doctor.forEach((part, i) => assert.ok(ill[i]!.includes(part), ill[i]));
  });
}

/** What is known of a rule that names a set, and what nft was asked, by what it answers. */
async function ruleOf(
  answer: (words: string) => Said | undefined,
): Promise<{ right: unknown; asked: readonly string[] }> {
  const asked: string[] = [];
  const run = (_: string, ...args: readonly string[]) => {
    asked.push(args.join(" "));
    return Promise.resolve(answer(args.join(" ")));
  };
  const { ruleset: found } = (await listedRuleset({ run }))!;
  const [part] = found!.find(({ rule }) => rule !== undefined)!.rule!.expr!;
  return { right: (part as { match: { right: unknown } }).match.right, asked };
}

const PORTS = { family: "inet", table: "f", name: "ports", type: "inet_service" };
const HOSTS = { family: "inet", table: "f", name: "hosts", type: "ipv4_addr" };
const RULE = {
  family: "inet",
  table: "f",
  chain: "in",
  expr: [{ match: { op: "==", left: DPORT, right: "@ports" } }],
};
const listed = (...entries: readonly unknown[]) => ({
  code: 0,
  text: ruleset(...entries, { rule: RULE }),
});

Deno.test("of sets only those of ports are read: addresses may be a country's", async () => {
  const { right, asked } = await ruleOf((words) =>
    words.includes(" set ")
      ? listed({ set: { ...PORTS, elem: [22] } })
      : listed({ set: PORTS }, { set: HOSTS })
  );
  assert.deepEqual(right, { set: [22] });
  assert.deepEqual(asked, ["-t -j list ruleset", "-j list set inet f ports"]);
});

Deno.test("an nft that can leave nothing out shows all at once", async () => {
  const { right, asked } = await ruleOf((words) =>
    words.startsWith("-t")
      ? { code: 1, text: "" }
      : listed({ set: { ...PORTS, elem: [22] } }, { set: { ...HOSTS, elem: ["::1"] } })
  );
  assert.deepEqual(right, { set: [22] });
  assert.deepEqual(asked, ["-t -j list ruleset", "-j list ruleset"]);
});

Deno.test("a set of ports that can't be read may have any", async () => {
  const { right } = await ruleOf((words) =>
    words.includes(" set ") ? { code: 1, text: "" } : listed({ set: PORTS })
  );
  assert.equal(right, "@ports");
});
