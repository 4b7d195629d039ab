/** Rules that iptables-nft has made, as nft shows them: opaque as JSON, in words as text. */
import assert from "node:assert/strict";
import type { Config } from "../../../lib/config/config.ts";
import { diagnose } from "../../../lib/doctor/doctor.ts";
import { surroundingAdvice } from "../../../lib/doctor/surroundings.ts";
import { load } from "../../config/files.ts";
import { answers, machineWith, ruleset } from "../sick_machine.ts";

const IPTABLES = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
const DOOR = `[doors.ssh]\nsequence = "7000,8000,9000"\nstart_command = "${IPTABLES}"
stop_command = "true"\n`;
const counter = { counter: { packets: 0, bytes: 0 } };
const xt = (name: string, type = "match") => ({ xt: { type, name } });
const accept = { accept: null };
const drop = { drop: null };
const REJECT = xt("REJECT", "target");

/** A rule's parts, and its line but for what it does. */
type Line = readonly [text: string, ...expr: unknown[]];

/** A machine whose IPv4 is filtered by these rules, and which has no other version of IP. */
function machine(policy: string, ...lines: readonly Line[]) {
  const of = { family: "ip", table: "filter" };
  const rules = lines.map(([, ...expr], i) => ({
    rule: {
      ...of,
      chain: "INPUT",
      handle: i + 4,
      expr: [...expr.slice(0, -1), counter, ...expr.slice(-1)],
    },
  }));
  const text = lines.map(([line], i) =>
    `\t\t${line} counter packets 0 # handle ${i + 4}\n`
  );
  const chain = { ...of, name: "INPUT", hook: "input", policy };
  return machineWith({
    interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
    programs: {
      "nft -j list ruleset": { code: 0, text: ruleset({ chain }, ...rules) },
      "nft -a list table ip filter": {
        code: 0,
        text: `table ip filter { # handle 1\n\tchain INPUT { # handle 1\n${
          text.join("")
        }\t}\n}\n`,
      },
    },
  });
}

const found = async (of: ReturnType<typeof machine>, config: Config | undefined) =>
  (await diagnose(of, config, answers))
    .filter(({ state, about }) => state === "ill" && about.startsWith("IPv"))
    .map(({ says }) => says);

const conntrack = xt("conntrack");
const ANSWERS: Line = ["ct state related,established", conntrack, accept];
const TCP = { match: { op: "==", left: { meta: { key: "l4proto" } }, right: "tcp" } };
const FLAGS = { payload: { protocol: "tcp", field: "flags" } };
const several = (op: string) => ({
  match: { op, left: { "&": [FLAGS, ["fin", "syn"]] }, right: ["fin", "syn"] },
});
const flags = (op: string) => ({
  match: {
    op,
    left: {
      "&": [{ payload: { protocol: "tcp", field: "flags" } }, ["fin", "syn", "ack"]],
    },
    right: "syn",
  },
});
const DEAF = ["drops answers, too"];
const OPEN = ["nothing drops what comes to 22/tcp"];

for (
  const [title, policy, lines, doctor, check] of [
    ["answers are accepted", "drop", [ANSWERS], [], []],
    [
      "only what is invalid is asked for",
      "drop",
      [["ct state invalid", conntrack, drop]],
      DEAF,
      [
        "no-established-rule",
      ],
    ],
    [
      "only what is new is accepted",
      "drop",
      [["ct state new", conntrack, accept]],
      OPEN,
      [
        "no-established-rule",
      ],
    ],
    [
      "all but what is invalid is accepted",
      "drop",
      [
        ["ct state ! invalid", conntrack, accept],
      ],
      OPEN,
      [],
    ],
    [
      "what is established is dropped",
      "drop",
      [["ct state established", conntrack, drop]],
      DEAF,
      [
        "no-established-rule",
      ],
    ],
    [
      "a state goes to a chain",
      "drop",
      [
        ["ct state established", conntrack, { jump: { target: "on" } }],
      ],
      [],
      [],
    ],
    [
      "the line says more of the connection",
      "drop",
      [
        ["ct direction reply ct state new", conntrack, accept],
      ],
      [],
      [],
    ],
    ["whatever is no SYN is accepted", "drop", [["", TCP, flags("!="), accept]], [], []],
    ["SYNs are accepted", "drop", [["", TCP, flags("=="), accept]], OPEN, [
      "no-established-rule",
    ]],
    [
      "what is invalid is dropped, and nothing else",
      "accept",
      [
        ["ct state invalid", conntrack, drop],
      ],
      OPEN,
      [],
    ],
    [
      "what is new and no SYN is dropped, and nothing else",
      "accept",
      [
        ["ct state new", TCP, flags("!="), conntrack, drop],
      ],
      OPEN,
      [],
    ],
    [
      "several ports are accepted, the door's among them",
      "accept",
      [
        ANSWERS,
        ["tcp dport { 22, 80-90 }", TCP, xt("multiport"), accept],
        ["", drop],
      ],
      OPEN,
      [],
    ],
    [
      "several other ports are accepted",
      "accept",
      [
        ANSWERS,
        ["tcp dport { 20-21, 80 }", TCP, xt("multiport"), accept],
        ["", drop],
      ],
      [],
      [],
    ],
    [
      "all but several ports are dropped",
      "accept",
      [
        ["tcp dport != { 22, 443 }", TCP, xt("multiport"), drop],
      ],
      OPEN,
      [],
    ],
    [
      "several ports of the sender's are asked for",
      "accept",
      [
        ["tcp sport { 22, 443 }", TCP, xt("multiport"), drop],
      ],
      [],
      [],
    ],
    [
      "flags that no SYN has are dropped",
      "accept",
      [
        ["", several("=="), drop],
        ["", { match: { op: "!", left: FLAGS, right: ["fin", "syn"] } }, drop],
      ],
      OPEN,
      [],
    ],
    [
      "a few are let in",
      "drop",
      [ANSWERS, ["", TCP, { limit: { rate: 3 } }, accept]],
      OPEN,
      [],
    ],
    [
      "what is too much is dropped",
      "accept",
      [
        ["", TCP, { limit: { rate: 3, inv: true } }, drop],
      ],
      OPEN,
      [],
    ],
    ["a remark stands at what drops", "accept", [["", xt("comment"), drop]], [], []],
    ["the rest is refused", "accept", [ANSWERS, ["", REJECT]], [], []],
  ] as const
) {
  Deno.test(`iptables' rules, where ${title}`, async () => {
    const { config } = await load(DOOR);
    const of = machine(policy, ...lines as readonly Line[]);
    const ill = await found(of, config);
    assert.equal(ill.length, doctor.length, ill.join("\n"));
    doctor.forEach((part, i) => assert.ok(ill[i]!.includes(part), ill[i]));
    const advice = await surroundingAdvice(of, config!);
    assert.deepEqual(
      advice.map(({ name }) => name).filter((name) => name === "no-established-rule"),
      check,
    );
  });
}

Deno.test("a state that nft has no words for is taken for an answer's", async () => {
  const { config } = await load(DOOR);
  const of = machine("drop", ['xt match "conntrack"', conntrack, accept]);
  assert.deepEqual(await found(of, config), []);
});

Deno.test("a version of IP that no interface has an address of needs no firewall", async () => {
  const { config } = await load(DOOR);
  const findings = await diagnose(
    machine("drop", ANSWERS),
    config,
    answers,
  );
  const [six] = findings.filter(({ about }) => about === "IPv6");
  assert.equal(six?.says, "no interface has an address of IPv6");
});

Deno.test("a chain that is called may drop what nobody knocked for", async () => {
  const chain = { family: "ip", table: "f", name: "in", hook: "input", policy: "accept" };
  const own = { family: "ip", table: "f", name: "own" };
  const entries = [
    { chain },
    { chain: own },
    { rule: { ...chain, chain: "in", expr: [{ jump: { target: "own" } }] } },
    { rule: { ...own, chain: "own", expr: [drop] } },
  ];
  const of = machineWith({
    interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
    programs: { "nft -j list ruleset": { code: 0, text: ruleset(...entries) } },
  });
  assert.deepEqual(await found(of, undefined), []);
});
