/** A port that is sent on to a container, as Docker's rules do. */
import assert from "node:assert/strict";
import { diagnose } from "../../../lib/doctor/doctor.ts";
import { load } from "../../config/files.ts";
import { answers, machineWith, ruleset } from "../sick_machine.ts";

const IPTABLES = "iptables -w -I INPUT -s %IP% -p tcp --dport 8080 -j ACCEPT";
const DOOR = `[doors.web]\nsequence = "7000,8000,9000"\nstart_command = "${IPTABLES}"
stop_command = "true"\n`;
const of = { family: "ip", table: "nat", handle: 1 };
const nat = { chain: { ...of, name: "PREROUTING", hook: "prerouting" } };
const docker = { chain: { ...of, name: "DOCKER" } };
const call = {
  rule: { ...of, chain: "PREROUTING", expr: [{ jump: { target: "DOCKER" } }] },
};
const toPort = {
  match: {
    op: "==",
    left: { payload: { protocol: "tcp", field: "dport" } },
    right: 8080,
  },
};
const sends = (to: object) => ({ rule: { ...of, chain: "DOCKER", expr: [toPort, to] } });
const DNAT = { xt: { type: "target", name: "DNAT" } };
const input = (policy: string) => ({
  chain: { family: "ip", table: "filter", name: "INPUT", hook: "input", policy },
});
const answersIn = {
  rule: {
    family: "ip",
    table: "filter",
    chain: "INPUT",
    expr: [
      { match: { op: "in", left: { ct: { key: "state" } }, right: "established" } },
      { accept: null },
    ],
  },
};
const guard = {
  chain: { family: "inet", table: "knockd", name: "guard", hook: "prerouting" },
};
const guards = {
  rule: {
    family: "inet",
    table: "knockd",
    chain: "guard",
    handle: 7,
    expr: [toPort, { drop: null }],
  },
};

async function found(door: string, ...entries: readonly object[]) {
  const { config } = await load(door);
  const machine = machineWith({
    interfaces: () => [{ name: "eth0", address: "192.0.2.1" }],
    programs: { "nft -j list ruleset": { code: 0, text: ruleset(...entries) } },
  });
  return (await diagnose(machine, config, answers))
    .filter(({ about }) => about === "IPv4").map(({ state, says }) => `${state} ${says}`);
}

for (
  const [title, to] of [["iptables", DNAT], ["nft", { dnat: { addr: "a" } }]] as const
) {
  Deno.test(`what ${title} sends on to a container is not shut by INPUT`, async () => {
    const said = await found(DOOR, nat, docker, call, sends(to), input("drop"));
    assert.deepEqual(said, [
      "unknown what comes to 8080/tcp is sent on, as to a container: INPUT never sees it",
    ]);
  });
}

Deno.test("what is dropped before it is sent on is shut", async () => {
  const entries = [guard, guards, nat, docker, call, sends(DNAT)];
  assert.deepEqual(await found(DOOR, ...entries), [
    "well inet knockd guard drops what nobody knocked for",
  ]);
});

Deno.test("an INPUT that never sees what is sent on keeps nobody out who knocked", async () => {
  const door = DOOR.replace(/start_command[^]*/, "open = 8080\n");
  const entries = [
    ...[guard, guards, nat, docker, call, sends(DNAT)],
    ...[input("drop"), answersIn],
  ];
  assert.deepEqual(await found(door, ...entries), [
    "well inet knockd guard drops what nobody knocked for",
  ]);
});

Deno.test("what iptables does to packets besides dropping them shuts nothing", async () => {
  for (const name of ["TCPMSS", "CT", "REDIRECT", "TOS", "SET"]) {
    const target = { xt: { type: "target", name } };
    const said = await found(DOOR, nat, docker, call, sends(target), input("accept"));
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^ill nothing drops what comes to 8080\/tcp/, name);
  }
});
