/** Rules that drop some, and what they mean for whoever is in no list. */
import assert from "node:assert/strict";
import { diagnose } from "../../../lib/doctor/doctor.ts";
import { load } from "../../config/files.ts";
import { answers, machineWith, ruleset } from "../sick_machine.ts";

const IPTABLES = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
const DOOR = `[doors.ssh]\nsequence = "7000,8000,9000"\nstart_command = "${IPTABLES}"
stop_command = "true"\n`;
const ROUTES = {
  "/proc/self/net/route":
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n" +
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n",
};
const of = { family: "inet", table: "f" };
const accept = { accept: null };
const drop = { drop: null };
const is = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });
const SADDR = { payload: { protocol: "ip", field: "saddr" } };
const PORT = is({ payload: { protocol: "tcp", field: "dport" } }, 22);
const ANSWERS = [is({ ct: { key: "state" } }, ["established"], "in"), accept];
const network = (addr: string, len: number) => ({ prefix: { addr, len } });
const IIF = { meta: { key: "iifname" } };
const xt = (name: string) => ({ xt: { type: "match", name } });

/** What the doctor says of IPv4, where these rules are at the input. */
function fate(policy: string, ...rules: readonly (readonly unknown[])[]) {
  return fateWith(DOOR, policy, ...rules);
}

async function fateWith(
  text: string,
  policy: string,
  ...rules: readonly (readonly unknown[])[]
) {
  const entries = rules.map((expr) => ({
    rule: { ...of, chain: "in", handle: 4, expr },
  }));
  const machine = machineWith({
    files: ROUTES,
    interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
    programs: {
      "nft -j list ruleset": {
        code: 0,
        text: ruleset(
          { chain: { ...of, name: "in", hook: "input", policy } },
          ...entries,
        ),
      },
    },
  });
  const { config } = await load(text);
  const [found] = (await diagnose(machine, config, answers))
    .filter(({ about }) => about === "IPv4");
  return `${found!.state} ${found!.says}`;
}

for (
  const [title, policy, ...rules] of [
    ["a set of enemies, as fail2ban's", "accept", [PORT, is(SADDR, "@banned"), drop]],
    ["one enemy", "accept", [is(SADDR, "192.0.2.66"), drop]],
    ["a network that nobody comes from", "accept", [
      is(SADDR, { set: [network("10.0.0.0", 8), network("192.168.0.0", 16)] }),
      drop,
    ]],
    ["an enemy and his port together", "accept", [
      is({ concat: [SADDR, { payload: { protocol: "tcp", field: "dport" } }] }, "@bad"),
      drop,
    ]],
    ["what comes too often", "accept", [
      PORT,
      {
        set: {
          op: "add",
          elem: SADDR,
          set: "@ssh",
          stmt: [{ limit: { rate: 3, per: "minute", inv: true } }],
        },
      },
      drop,
    ]],
    ["who has too many connections", "accept", [
      PORT,
      { "ct count": { val: 3, inv: true } },
      drop,
    ]],
    ["what has no way back", "accept", [
      is({ fib: { result: "oif", flags: ["saddr", "iif"] } }, false),
      drop,
    ]],
    ["what comes by another interface", "accept", [is(IIF, "wg*"), PORT, drop]],
  ] as const
) {
  Deno.test(`a rule that drops ${title} shuts no port`, async () => {
    assert.match(
      await fate(policy, ANSWERS, ...rules),
      /^ill nothing drops what comes to 22/,
    );
  });
}

for (
  const [title, policy, ...rules] of [
    ["all but friends", "drop", [PORT, is(SADDR, "@friends"), accept]],
    ["whoever is in no network of friends", "accept", [
      is(SADDR, network("192.168.0.0", 16), "!="),
      drop,
    ]],
    ["what comes by the way in", "accept", [is(IIF, "eth0"), PORT, drop]],
    ["what comes by no other interface", "drop", [is(IIF, "tun0"), accept]],
    ["all, but for what was sent on, as firewalld does", "drop", [
      is({ ct: { key: "status" } }, "dnat", "in"),
      accept,
    ]],
    ["what has a way back", "accept", [
      is({ fib: { result: "oif", flags: ["saddr", "iif"] } }, true),
      drop,
    ]],
    ["all of the Internet", "accept", [is(SADDR, network("0.0.0.0", 0)), drop]],
    ["what is for this host", "accept", [
      is({ fib: { result: "type", flags: ["daddr"] } }, "local"),
      drop,
    ]],
    ["what is not for others, as knockd's own", "drop", [
      is({ fib: { result: "type", flags: ["daddr"] } }, { range: [2, 5] }, "!="),
      accept,
    ]],
  ] as const
) {
  Deno.test(`a chain that drops ${title} shuts the port`, async () => {
    assert.equal(
      await fate(policy, ANSWERS, ...rules),
      "well inet f in drops what nobody knocked for",
    );
  });
}

Deno.test("no stranger comes by loopback, nor surely by one interface of several", async () => {
  const listening = (names: string) => `[options]\ninterface = ${names}\n${DOOR}`;
  const ofLoopback = [is(IIF, "lo"), accept];
  const ofOne = [is(IIF, "eth0"), PORT, drop];
  const said = (names: string, policy: string, rule: readonly unknown[]) =>
    fateWith(listening(names), policy, ANSWERS, rule);
  assert.match(await said('"lo"', "drop", ofLoopback), /^well /);
  assert.match(await said('["lo", "eth0"]', "accept", ofOne), /^well /);
  assert.match(await said('["eth0", "eth1"]', "accept", ofOne), /^unknown .* may not$/);
});

Deno.test("whoever is sent to a chain by goto does not come back", async () => {
  const goTo = [{ goto: { target: "empty" } }];
  assert.match(await fate("accept", ANSWERS, goTo, [drop]), /^ill nothing drops/);
  assert.match(
    await fate("drop", ANSWERS, goTo, [accept]),
    /^well inet f in drops what nobody knocked for/,
  );
});

Deno.test("a set of one version's addresses is not about the other's packets", async () => {
  const add = { op: "add", elem: { payload: { protocol: "ip6", field: "saddr" } } };
  const stmt = [{ limit: { rate: 3, per: "minute" } }];
  const rule = [PORT, { set: { ...add, set: "@seen", stmt } }, drop];
  assert.match(await fate("accept", ANSWERS, rule), /^ill nothing drops/);
});

Deno.test("a rule that drops by what can't be told is to be tried", async () => {
  assert.equal(
    await fate("accept", ANSWERS, [PORT, xt("hashlimit"), drop]),
    "unknown inet f in, rule 4, may drop what comes to 22/tcp, and may not",
  );
});

Deno.test("an old iptables that drops enemies shuts no port", async () => {
  for (
    const [rule, shut] of [
      ["-A f2b -s 192.0.2.66/32 -j REJECT", false],
      ["-A INPUT -p tcp -m tcp --dport 22 -m recent --update --seconds 9 -j DROP", false],
      ["-A INPUT -m conntrack --ctstate INVALID -j DROP", false],
      ["-A INPUT ! -s 192.0.2.0/24 -p tcp -m tcp --dport 22 -j DROP", true],
      ["-A INPUT -p tcp -m tcp --dport 22 -j DROP", true],
    ] as const
  ) {
    const text = `*filter\n:INPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`;
    const machine = machineWith({
      interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
      programs: {
        "nft -j list ruleset": { code: 0, text: ruleset() },
        "iptables-legacy-save": { code: 0, text },
      },
    });
    const { config } = await load(DOOR);
    const found = await diagnose(machine, config, answers);
    const four = found.find(({ about }) => about === "IPv4");
    assert.equal(four?.state, shut ? "well" : "ill", rule);
  }
});

Deno.test("what may be dropped where it comes in is not said to be open, nor to be shut", async () => {
  const at = { family: "netdev", table: "early" };
  const text = ruleset(
    { chain: { ...at, name: "first", hook: "ingress", policy: "accept" } },
    { rule: { ...at, chain: "first", handle: 4, expr: [PORT, drop] } },
  );
  const machine = machineWith({
    interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
    programs: { "nft -j list ruleset": { code: 0, text } },
  });
  const { config } = await load(DOOR);
  const found = await diagnose(machine, config, answers);
  const four = found.find(({ about }) => about === "IPv4")!;
  assert.equal(four.state, "unknown");
  const may = "netdev early first, rule 4, may drop what comes to 22/tcp, and may not";
  assert.equal(four.says, may);
});
