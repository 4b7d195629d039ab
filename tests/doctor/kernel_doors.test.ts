import assert from "node:assert/strict";
import { diagnose } from "../../lib/doctor/doctor.ts";
import type { Machine } from "../../lib/doctor/machine.ts";
import { load } from "../config/files.ts";
import { othersInTheWay } from "../../lib/doctor/kernel_doors.ts";
import { answers, machineWith, ruleset } from "./sick_machine.ts";

const OPEN = '[options]\ninterface = "eth0"\n' +
  '[doors.ssh]\nopen = 22\nsequence = "7000,8000,9000"\n';
const GUARD = {
  chain: { family: "inet", table: "knockd", name: "guard", hook: "prerouting" },
};
const DROPS = {
  rule: { family: "inet", table: "knockd", chain: "guard", expr: [{ drop: null }] },
};
const input = (policy: string, family = "inet", name = "input") => ({
  chain: { family, table: "filter", name, hook: "input", policy },
});

/** A rule of that chain, of parts as nft writes them. */
function rule(expr: readonly unknown[], chain = "input", family = "inet") {
  return { rule: { family, table: "filter", chain, handle: 7, expr } };
}

const match = (left: unknown, right: unknown, op = "==") => ({
  match: { op, left, right },
});
const dport = (right: unknown, op?: string) =>
  match({ payload: { protocol: "tcp", field: "dport" } }, right, op);
const meta = (key: string, right: unknown) => match({ meta: { key } }, right);
const state = (right: unknown) => match({ ct: { key: "state" } }, right, "in");
const saddr = match({ payload: { protocol: "ip", field: "saddr" } }, "@friends");
const lan = match(
  { payload: { protocol: "ip", field: "saddr" } },
  { prefix: { addr: "192.168.0.0", len: 16 } },
);
const newSessions = (verdict: unknown) => ({
  vmap: { key: { ct: { key: "state" } }, data: { set: [["new", verdict]] } },
});
const accept = { accept: null };
const drop = { drop: null };

async function says(entries: readonly unknown[], more: Partial<Machine> = {}) {
  const machine = machineWith({
    programs: {
      "nft -j list ruleset": { code: 0, text: ruleset(GUARD, DROPS, ...entries) },
      "systemctl is-enabled knockd-guard": { code: 0, text: "enabled\n" },
    },
    ...more,
  });
  const { config } = await load(OPEN);
  const found = await diagnose(machine, config, answers);
  return found.filter(({ state }) => state !== "well")
    .map(({ about, says, fix }) => `${about}: ${says}; ${fix}`);
}

const four = (dropper: string) =>
  new RegExp(`^IPv4: inet filter ${dropper}, drops what comes to port 22/tcp`);

for (
  const [why, entries, expected] of [
    ["there is no other table", [], undefined],
    [
      "its policy drops, and no rule lets the port in",
      [input("drop")],
      four(
        "input, by its policy",
      ),
    ],
    ["a rule lets the port in", [input("drop"), rule([dport(22), accept])], undefined],
    ["a range has the port", [
      input("drop"),
      rule([dport({ set: [80, { range: [20, 25] }] }), accept]),
    ], undefined],
    [
      "another port is let in",
      [input("drop"), rule([dport(80), accept])],
      four("input, by its policy"),
    ],
    ["only sessions are let in", [
      input("drop"),
      rule([state(["established", "related"]), accept]),
    ], four("input, by its policy")],
    ["loopback is let in", [
      input("drop"),
      rule([meta("iif", "lo"), accept]),
    ], four("input, by its policy")],
    ["an interface is let in", [
      input("drop"),
      rule([meta("iifname", "eth0"), accept]),
    ], undefined],
    ["only another interface is let in", [
      input("drop"),
      rule([meta("iifname", "eth7"), accept]),
    ], four("input, by its policy")],
    ["some addresses are let in", [input("drop"), rule([saddr, accept])], /^IPv6/],
    ["a rule drops it first", [
      input("accept"),
      rule([dport(22), { counter: {} }, drop]),
      rule([dport(22), accept]),
    ], four("input, rule 7")],
    ["all other ports are rejected", [
      input("accept"),
      rule([dport(22, "!="), { reject: {} }]),
    ], undefined],
    [
      "UDP is dropped",
      [input("accept"), rule([meta("l4proto", "udp"), drop])],
      undefined,
    ],
    ["a chain that is called lets it in", [
      input("drop"),
      { chain: { family: "inet", table: "filter", name: "sub" } },
      rule([{ jump: { target: "sub" } }]),
      rule([dport(22), accept], "sub"),
    ], undefined],
    ["a chain that is called drops it", [
      input("accept"),
      { chain: { family: "inet", table: "filter", name: "sub" } },
      rule([{ jump: { target: "sub" } }]),
      rule([drop], "sub"),
    ], four("sub, rule 7")],
    ["a chain that is called returns", [
      input("drop"),
      { chain: { family: "inet", table: "filter", name: "sub" } },
      rule([{ jump: { target: "sub" } }]),
      rule([{ return: null }], "sub"),
      rule([drop], "sub"),
      rule([dport(22), accept]),
    ], undefined],
    ["chains that call each other for ever", [
      input("drop"),
      rule([{ jump: { target: "input" } }]),
    ], four("input, by its policy")],
    ["iptables has words that nft does not know", [
      input("drop"),
      rule([{ xt: { type: "match", name: "multiport" } }, accept]),
    ], undefined],
    ["new sessions come as a map of verdicts", [
      input("drop"),
      rule([newSessions(accept)]),
    ], undefined],
  ] as const
) {
  Deno.test(`the doctor on a door's port, where ${why}`, async () => {
    const found = await says(entries);
    const about = found.filter((line) => line.includes("drops what comes"));
    if (expected === undefined) assert.deepEqual(about, []);
    else assert.ok(about.some((line) => expected.test(line)), found.join("\n"));
  });
}

const conntrack = { xt: { type: "match", name: "conntrack" } };
const SEEMS =
  /^IPv4: inet filter input, by its policy, seems to drop .* trace makes sure$/;

for (
  const [why, rules, seems] of [
    ["sessions by iptables' own match, as with ufw", [[conntrack, accept]], true],
    [
      "new connections to the port by that match",
      [[conntrack, dport(22), accept]],
      false,
    ],
    ["another port, so that it surely drops", [[conntrack, dport(80), accept]], false],
    ["some addresses to every port", [[saddr, accept]], true],
    ["a set of addresses to the port", [[saddr, dport(22), accept]], false],
    ["a network to the port", [[lan, dport(22), accept]], true],
    ["the port after others are dropped", [[saddr, drop], [dport(22), accept]], false],
  ] as const
) {
  Deno.test(`the doctor, where the policy drops and rules accept ${why}`, async () => {
    const entries = [input("drop"), ...rules.map((parts) => rule(parts))];
    const found = await says(entries);
    assert.equal(found.some((line) => SEEMS.test(line)), seems, found.join("\n"));
  });
}

Deno.test("what a chain exempts from its end is not what it seems to drop", async () => {
  const addrtype = { xt: { type: "match", name: "addrtype" } };
  const found = await says([
    input("accept"),
    rule([{ jump: { target: "late" } }]),
    rule([addrtype, { return: null }], "late"),
    rule([drop], "late"),
  ]);
  assert.deepEqual(found, []);
});

Deno.test("the doctor says how iptables, ufw and nft let the port in", async () => {
  const first = (await says([input("drop", "ip6", "INPUT")])).join("\n");
  assert.match(first, /^IPv6: .*ip6tables -I INPUT .* --dport 22 .*ufw allow 22\/tcp/m);
  assert.match(first, /^IPv6: .*; ip6tables -I INPUT -m conntrack --ctstate EST/m);
  const other = (await says([input("drop")])).join("\n");
  assert.match(other, /nft insert rule inet filter input tcp dport 22 accept/);
});

Deno.test("the doctor misses the guard, its unit, and libnftables", async () => {
  const { config } = await load(OPEN);
  const machine = machineWith({
    libnftables: () => new Error("libnftables was not found; apt install libnftables1"),
    programs: { "systemctl is-enabled knockd-guard": { code: 1, text: "" } },
  });
  const found = (await diagnose(machine, config, answers))
    .filter(({ state }) => state === "ill").map(({ says }) => says);
  assert.ok(found.some((line) => line.startsWith("libnftables was not found")));
  assert.ok(found.some((line) => line.startsWith("there is no table inet knockd")));
  assert.ok(found.some((line) => line.includes("open until the daemon runs")));
});

Deno.test("a table that has a chain of somebody else's is none that knockd takes", async () => {
  const chain = { family: "inet", table: "knockd", name: "mine" };
  const [found = ""] = await says([{ chain }]);
  assert.match(found, /^guard: .* somebody else's \(it has a chain mine\); .*table = /);
});

Deno.test("the doctor says that root's nft reads nothing where no door can be made", async () => {
  const programs = { "nft -j list ruleset": { code: 1, text: "" } };
  const { config } = await load(OPEN);
  for (const [uid, about] of [[0, ["nf_tables"]], [1000, []]] as const) {
    const found = await diagnose(machineWith({ programs, uid }), config, answers);
    const ill = found.filter((one) => one.state === "ill" && one.about === "nf_tables");
    assert.deepEqual(ill.map((one) => one.about), about);
  }
});

Deno.test("a door with open is shut for want of a right, and not of the kernel's tables", async () => {
  const files = { "/proc/self/status": "CapEff:\t0000000000002000\n" };
  const programs = { "nft -j list ruleset": { code: 1, text: "" } };
  const { config } = await load(OPEN);
  const found = await diagnose(machineWith({ programs, files }), config, answers);
  const ill = found.filter(({ state }) => state === "ill").map(({ says }) => says);
  assert.equal(ill.length, 1, ill.join("\n"));
  assert.match(ill[0]!, /^no CAP_NET_ADMIN: no door with open can be made/);
});

Deno.test("without libnftables nft is not asked why it reads nothing", async () => {
  const programs = { "nft -j list ruleset": { code: 127, text: "" } };
  const libnftables = () =>
    new Error("libnftables was not found; install libnftables: x");
  const { config } = await load(OPEN);
  const found = await diagnose(machineWith({ programs, libnftables }), config, answers);
  const ill = found.filter(({ state }) => state === "ill").map(({ about }) => about);
  assert.deepEqual(ill, ["libnftables"]);
});

for (
  const [text, expected] of [
    [":INPUT DROP [0:0]", /^iptables-legacy drops by its policy; whether it lets 22 in/],
    [
      ":INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j DROP",
      /^iptables-legacy drops by a rule of INPUT; whether it lets 22 in/,
    ],
    [":INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 23 -j DROP", undefined],
    ["-A INPUT -p udp -m udp --dport 22 -j DROP", undefined],
    [
      "-A INPUT -p tcp -m tcp --dport 22 -j DROP",
      /^iptables-legacy drops by a rule of INPUT;/,
    ],
    [
      "-A INPUT -i eth0 -p tcp -m multiport --dports 80,20:25 -j REJECT --reject-with x",
      /^iptables-legacy drops by a rule of INPUT; whether it lets 22 in/,
    ],
    [
      "COMMIT\n*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -j DROP",
      /^iptables-legacy drops by a rule of PREROUTING; whether it lets 22 in/,
    ],
  ] as const
) {
  Deno.test(`the doctor on the old iptables, which nft does not show: ${text}`, async () => {
    const run = (program: string) =>
      Promise.resolve(
        program === "iptables-legacy-save"
          ? { code: 0, text: `*filter\n${text}\nCOMMIT\n` }
          : undefined,
      );
    const { config } = await load(OPEN);
    const [first] = await othersInTheWay(machineWith({ run }), config!);
    if (expected === undefined) return assert.equal(first, undefined);
    assert.match(first!.says, expected);
    const found = await says([], { run });
    assert.ok(found.some((line) => line.startsWith("IPv4: iptables-legacy drops")));
  });
}

for (
  const [family, expr, expected] of [
    ["netdev", [dport(22), drop], /^IPv4: netdev early first, rule 7, seems to drop /],
    ["inet", [dport(22), drop], /^IPv4: inet early first, rule 7, seems to drop /],
    ["netdev", [dport(23), drop], undefined],
    // Which interface it is of nft does not say.
    ["netdev", [lan, drop], undefined],
  ] as const
) {
  Deno.test(`the doctor on ${JSON.stringify(expr)} ahead of all others, in ${family}`, async () => {
    const at = { family, table: "early" };
    const chain = { ...at, name: "first", hook: "ingress", policy: "accept" };
    const entries = [{ chain }, { rule: { ...at, chain: "first", handle: 7, expr } }];
    const told = await says(entries);
    const found = told.find((line) => line.startsWith("IPv4: "));
    if (expected === undefined) return assert.equal(found, undefined);
    assert.match(found!, expected);
    assert.match(found!, /nft insert rule \w+ early first tcp dport 22 accept$/);
  });
}

Deno.test("firewalld is told to let the port in for good", async () => {
  const chain = { family: "inet", table: "firewalld", name: "in", hook: "input" };
  const told = await says([{ chain: { ...chain, policy: "drop" } }]);
  const fix = "firewall-cmd --permanent --add-port=22/tcp && firewall-cmd --reload";
  assert.ok(told.some((line) => line.endsWith(fix)), told.join("\n"));
});

Deno.test("the port of a bridge is not what packets come by", async () => {
  const entries = [input("drop"), rule([meta("iifname", "br0"), accept])];
  const interfaces = () => [{ name: "br0", address: "192.0.2.1" }];
  const told = await says(entries, { interfaces });
  assert.ok(!told.some((line) => line.includes("drops what comes")), told.join("\n"));
});

Deno.test("firewalld is told in which zone to let the port in", async () => {
  const at = { family: "inet", table: "firewalld" };
  const zone = { ...at, chain: "filter_IN_work", handle: 7, expr: [drop] };
  const told = await says([
    { chain: { ...at, name: "filter_INPUT", hook: "input", policy: "accept" } },
    { chain: { ...at, name: "filter_IN_work" } },
    {
      rule: {
        ...at,
        chain: "filter_INPUT",
        expr: [{ goto: { target: "filter_IN_work" } }],
      },
    },
    { rule: zone },
  ]);
  const fix =
    "firewall-cmd --permanent --zone=work --add-port=22/tcp && firewall-cmd --reload";
  assert.ok(told.some((line) => line.endsWith(fix)), told.join("\n"));
});
