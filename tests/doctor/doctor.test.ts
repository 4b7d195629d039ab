import assert from "node:assert/strict";
import type { Config } from "../../lib/config/config.ts";
import { Failure } from "../../lib/core/failure.ts";
import { clockVerdict } from "../../lib/doctor/clock_verdict.ts";
import { diagnose } from "../../lib/doctor/doctor.ts";
import type { Machine } from "../../lib/doctor/machine.ts";
import { stateFindings } from "../../lib/doctor/state.ts";
import { load } from "../config/files.ts";
import { answers, machineWith, ruleset } from "./sick_machine.ts";

async function ills(machine: Machine, config?: Config, ask = answers): Promise<string[]> {
  const findings = await diagnose(machine, config, ask);
  for (const { state, fix } of findings) if (state === "ill") assert.ok(fix);
  return findings.filter(({ state }) => state !== "well")
    .map(({ state, about, says }) => `${state} ${about}: ${says}`);
}

Deno.test("the doctor has nothing to say of a machine that is well", async () => {
  assert.deepEqual(await ills(machineWith()), []);
});

const accept = {
  chain: { family: "inet", table: "f", name: "in", hook: "input", policy: "accept" },
};
const drop4 = {
  chain: { family: "ip", table: "f", name: "in", hook: "input", policy: "drop" },
};
const lost = (over: "namespace" | "lo") => ({
  over,
  sent: ["UDP over IPv4", "UDP over IPv6"],
  missing: ["UDP over IPv6"],
});
const nft = (text: string, code = 0) => ({ "nft -j list ruleset": { code, text } });

const ESTABLISHED = "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT";
const legacy = (rule: string) => {
  const text = `*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n${rule}\nCOMMIT\n`;
  const said = { code: 0, text };
  return { "iptables-legacy-save": said, "ip6tables-legacy-save": said };
};

/** What is asked of a unit. */
const UNIT_STATE = "-p ActiveState -p SubState -p Result -p NRestarts";

const rows: readonly [string, Parameters<typeof machineWith>[0], RegExp][] = [
  [
    "no libpcap",
    { libpcap: () => new Error("libpcap was not found") },
    /^ill libpcap: libpcap was/,
  ],
  [
    "no right to hear",
    { files: { "/proc/self/status": "CapEff:\t0000000000000000\n" } },
    /^ill rights: no CAP_NET_RAW/,
  ],
  [
    "no interface",
    { interfaces: () => [{ name: "lo", address: "127.0.0.1" }] },
    /^ill interfaces/,
  ],
  [
    "nothing heard",
    { hearsItself: () => Promise.resolve(lost("namespace")) },
    /^ill packets: UDP over IPv6: sent from a network namespace .*not heard/,
  ],
  [
    "nothing heard over lo",
    { hearsItself: () => Promise.resolve(lost("lo")) },
    /^ill packets: UDP over IPv6: sent over lo, and not heard/,
  ],
  [
    "libpcap that can't listen",
    { hearsItself: () => Promise.resolve(new Error("near: no such device")) },
    /^ill packets: none can be heard: near/,
  ],
  [
    "no namespace to send from",
    {
      hearsItself: () =>
        Promise.resolve({
          over: "lo",
          sent: ["UDP over IPv4"],
          missing: [],
          why: "no namespace can be made (CAP_SYS_ADMIN)",
        }),
    },
    /^unknown packets: heard over lo, but not from another network: no namespace/,
  ],
  [
    "a firewall that lets all in",
    { programs: nft(ruleset(accept)) },
    /^ill IPv4: nothing drops/,
  ],
  [
    "an old iptables that shuts everything",
    { programs: { ...nft(ruleset(accept)), ...legacy("-A INPUT -j ACCEPT") } },
    /^ill IPv4: iptables-legacy INPUT drops answers, too/,
  ],
  ["IPv6 left open", { programs: nft(ruleset(drop4)) }, /ill IPv6: nothing drops/],
  ["answers dropped", { programs: nft(ruleset(drop4)) }, /^ill IPv4: .*drops answers/],
  [
    "rules that can't be read",
    { programs: nft("", 1) },
    /^unknown firewall: .*can't be read/,
  ],
  ["rules that are no JSON", { programs: nft("{") }, /^unknown firewall/],
  [
    "no nft",
    { programs: { "nft -j list ruleset": undefined } },
    /^unknown firewall: there is no nft/,
  ],
  [
    "a clock that nothing keeps right",
    {
      programs: {
        "timedatectl show -p NTPSynchronized --value": { code: 0, text: "no\n" },
      },
    },
    /^ill clock/,
  ],
  [
    "another program in PATH",
    {
      programs: { "/usr/local/bin/knockd --version": { code: 0, text: "knockd 0.8\nC" } },
    },
    /^ill program: \/usr\/local\/bin\/knockd is knockd 0\.8, and this is knockd \d/,
  ],
  [
    "a container that was started without a right",
    {
      files: {
        "/proc/self/status": "CapEff:\t0\nCapBnd:\t00000000a80405fb\n",
        "/run/.containerenv": "",
      },
    },
    /^unknown rights: no CAP_NET_ADMIN: .*the container was started without it/,
  ],
  [
    "a container with a network of its own",
    {
      files: {
        "/.dockerenv": "",
        "/proc/self/status": "CapEff:\t1ffffffffff\n",
        "/sys/class/net/eth0/ifindex": "2\n",
        "/sys/class/net/eth0/iflink": "9\n",
      },
    },
    /^unknown container: it has a network of its own/,
  ],
  [
    "a container whose root is another user outside",
    {
      files: {
        "/.dockerenv": "",
        "/proc/self/status": "CapEff:\t1ffffffffff\n",
        "/proc/self/uid_map": "         0     100000      65536\n",
      },
    },
    /^unknown container: root in here is another user outside/,
  ],
  ["no program in PATH", { path: ["/usr/bin"] }, /^ill program: no knockd is in PATH/],
  [
    "a second program",
    { files: { "/usr/bin/knockd": "" } },
    /^unknown program: \/usr\/local\/bin\/knockd hides \/usr\/bin\/knockd/,
  ],
  [
    "a unit that is off",
    { programs: { "systemctl is-enabled knockd": { code: 1, text: "disabled\n" } } },
    /^ill unit: knockd does not start with the machine \(disabled\)/,
  ],
  [
    "a unit that ends again and again",
    {
      programs: {
        [`systemctl show ${UNIT_STATE} knockd`]: {
          code: 0,
          text: "Result=exit-code\nActiveState=activating\nSubState=auto-restart\n",
        },
      },
    },
    /^ill unit: knockd was started and ended \(exit-code\)/,
  ],
  [
    "a unit that is just being started once more",
    {
      programs: {
        [`systemctl show ${UNIT_STATE} knockd`]: {
          code: 0,
          text: "Result=success\nNRestarts=7\nActiveState=activating\nSubState=start\n",
        },
      },
    },
    /^ill unit: knockd is started again and again/,
  ],
  [
    "a drop-in that starts something else",
    {
      programs: {
        "systemctl show -p DropInPaths --value knockd": {
          code: 0,
          text: "/etc/d.conf\n",
        },
      },
      files: { "/etc/d.conf": "[Service]\nExecStart=\nExecStart=/opt/old\n" },
    },
    /^unknown unit: \/etc\/d\.conf says what is started/,
  ],
];

for (const [title, difference, expected] of rows) {
  Deno.test(`the doctor finds ${title}`, async () => {
    const found = await ills(machineWith(difference));
    assert.ok(found.some((line) => expected.test(line)), found.join("\n"));
  });
}

Deno.test("the doctor takes a package's link to its program for that program", async () => {
  const files = { "/usr/bin/knockd": "" };
  const machine = machineWith({ files, real: () => "/usr/bin/knockd" });
  assert.deepEqual(await ills(machine), []);
});

Deno.test("the doctor takes what the old iptables shuts for shut", async () => {
  const programs = { ...nft(ruleset(accept)), ...legacy(ESTABLISHED) };
  const found = await ills(machineWith({ programs }));
  assert.deepEqual(found.filter((line) => / IPv[46]: /.test(line)), []);
});

Deno.test("in a container the doctor says which flag is missing", async () => {
  const files = { "/proc/self/status": "CapEff:\t0\n", "/.dockerenv": "" };
  const findings = await diagnose(machineWith({ files }), undefined, answers);
  assert.ok(findings.some(({ fix }) => fix?.includes("--cap-add=NET_RAW")));
});

Deno.test("an interface of the config that is not there is named, with those that are", async () => {
  const { config } = await load(
    `[options]\ninterface = "wan0"\n[doors.a]\nsequence = "7000,8000,9000"\ncommand = "true %IP%"\n`,
  );
  const findings = await diagnose(machineWith(), config, answers);
  const [found] = findings.filter(({ state }) => state === "ill");
  assert.match(`${found?.says}; ${found?.fix}`, /^wan0 is not there.*one of eth0$/);
});

Deno.test("an interface of the config may be called by its second name", async () => {
  const { config } = await load(
    `[options]\ninterface = "enp3s0"\n[doors.a]\nsequence = "7000,8000,9000"\ncommand = "true %IP%"\n`,
  );
  const machine = machineWith({ index: (name) => name.startsWith("e") ? 2 : 0 });
  const findings = await diagnose(machine, config, answers);
  const { says } = findings.find(({ about }) => about === "interfaces")!;
  assert.equal(says, "enp3s0 has 192.0.2.1, 2001:db8::1");
});

Deno.test("an interface that no other machine can reach is doubted: a relay may knock there", async () => {
  const { config } = await load(
    `[options]\ninterface = "lo"\n[doors.a]\nsequence = "7000,8000,9000"\ncommand = "true %IP%"\n`,
  );
  const there = [{ name: "lo", address: "127.0.0.1" }, {
    name: "eth0",
    address: "10.0.0.1",
  }];
  const findings = await diagnose(
    machineWith({ interfaces: () => there }),
    config,
    answers,
  );
  const { state, says, fix } = findings.find(({ about }) => about === "interfaces")!;
  assert.equal(state, "unknown");
  assert.match(
    `${says}; ${fix}`,
    /^lo hears .* none from elsewhere; .* one of eth0$/,
  );
});

Deno.test("a daemon that does not run is no illness", async () => {
  const ask = () => Promise.reject(new Error("no daemon is running here"));
  assert.deepEqual(await ills(machineWith(), undefined, ask), [
    "unknown daemon: no daemon is running here",
  ]);
});

Deno.test("a daemon that hears nothing is ill, and so is a machine that says not where", async () => {
  const reason = "there is no default route";
  const row = {
    interface: "default route",
    hears: false,
    addresses: [],
    packets: 0,
    dropped: 0,
    reason,
  };
  const ask = () => Promise.resolve({ at: "/run/knockd.sock", deaf: [row] });
  const { config } = await load('[doors.a]\nopen = 22\nsequence = "7000,8000,9000"\n');
  const route = (lines: string) => ({ "/proc/self/net/route": `Iface\n${lines}` });
  const found = async (lines: string) =>
    (await ills(machineWith({ files: route(lines) }), config, ask)).join("\n");
  assert.match(
    await found(""),
    /^ill interfaces: no default route says where to listen$/m,
  );
  assert.match(
    await found(""),
    /^ill daemon: .* not listen on default route: there is no/m,
  );
  const there = "eth0\t00000000\t0\t0003\t0\t0\t0\t00000000\n";
  assert.doesNotMatch(await found(there), /interfaces/);
});

Deno.test("a daemon that can't ask its fleet is ill, though this machine can", async () => {
  const standing = {
    name: "prod",
    node: "a",
    endpoint: "https://10.0.0.1:2379",
    owes: false,
  };
  const found = (why: { why?: string }) => {
    const fleet = { ...standing, ...why };
    const answered = { at: "/run/knockd.sock", deaf: [], fleet };
    return ills(machineWith(), undefined, () => Promise.resolve(answered));
  };
  assert.deepEqual(await found({}), []);
  assert.deepEqual(await found({ why: "no answer in time" }), [
    "ill daemon: it can't ask the fleet prod: no answer in time",
  ]);
});

for (
  const [why, cause, state, fix] of [
    ["is not there", new Deno.errors.NotFound(), "unknown", /knockd serve$/],
    ["lets nobody in", new Deno.errors.PermissionDenied(), "unknown", /^the hint$/],
    ["is stuck", new Deno.errors.Interrupted(), "ill", /^the hint$/],
  ] as const
) {
  Deno.test(`the doctor says what to do about a daemon that ${why}`, async () => {
    const error = new Failure("no answer", "the hint", { cause });
    const ask = () => Promise.reject(error);
    const findings = await diagnose(machineWith(), undefined, ask);
    const found = findings.find(({ about }) => about === "daemon")!;
    assert.equal(found.state, state);
    assert.match(found.fix!, fix);
  });
}

Deno.test("the client's clock is compared with a web server's", () => {
  const at = Date.parse("Thu, 26 Nov 2026 08:00:00 GMT");
  const says = (off: number) =>
    clockVerdict("Thu, 26 Nov 2026 08:00:00 GMT", at + off * 1000);
  assert.equal(says(5).state, "well");
  assert.match(says(41).says, /^41 s ahead of/);
  assert.match(says(-3600).says, /^3600 s behind/);
  assert.equal(clockVerdict(null, at).state, "unknown");
});

Deno.test("in a container without a network the doctor says which flag gives it one", async () => {
  const machine = machineWith({
    interfaces: () => [{ name: "lo", address: "127.0.0.1" }],
    files: { "/run/.containerenv": "", "/proc/self/status": "CapEff:\t1ffffffffff\n" },
  });
  const found = await diagnose(machine, undefined, answers);
  const { fix } = found.find(({ about }) => about === "interfaces")!;
  assert.equal(fix, "start the container with --network=host");
});

Deno.test("in a container whose /run is its own, too, the doctor knows where it is", async () => {
  for (const name of ["container=podman", "KUBERNETES_SERVICE_HOST=10.0.0.1"]) {
    const files = {
      "/proc/self/status": "CapEff:\t0\nCapBnd:\t0\n",
      "/proc/self/environ": `PATH=/bin\0${name}\0`,
    };
    const findings = await diagnose(machineWith({ files }), undefined, answers);
    const [raw] = findings.filter(({ about }) => about === "rights");
    assert.equal(raw?.fix, "start the container with --cap-add=NET_RAW");
  }
});

Deno.test("what a library lacks is said, and what to install as the fix", async () => {
  const libpcap = () =>
    new Error("libpcap was not found (tried a); install libpcap: apt x");
  const findings = await diagnose(machineWith({ libpcap }), undefined, answers);
  const { says, fix } = findings.find(({ about }) => about === "libpcap")!;
  assert.deepEqual([says, fix], [
    "libpcap was not found (tried a)",
    "install libpcap: apt x",
  ]);
});

for (
  const [mounts, isIll] of [
    ["1 0 0:1 / / rw - ext4 /dev/a rw", false],
    ["1 0 0:1 / / ro - ext4 /dev/a rw", true],
    ["1 0 0:1 / / rw - overlay o ro,lowerdir=/a", true],
    ["1 0 0:1 / / ro - ext4 /dev/a rw\n2 1 0:2 / /var/lib rw - tmpfs t rw", false],
    ["1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /var/lib/kn ro - tmpfs t rw", false],
    [
      "1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /var ro - x t rw\n3 2 0:2 / /var rw - x t rw",
      false,
    ],
    ["", false],
  ] as const
) {
  Deno.test(`the journal's disk is ${isIll ? "read-only" : "well"}: ${mounts}`, async () => {
    const { config } = await load(
      '[doors.a]\nsequence = "7000,8000,9000"\nstart_command = "true %IP%"\nstop_command = "true"\n',
    );
    const machine = machineWith({ files: { "/proc/self/mountinfo": mounts } });
    const found = stateFindings(machine, config, "/var/lib/knockd");
    assert.deepEqual(found.map(({ state }) => state), isIll ? ["ill"] : []);
  });
}

Deno.test("a unit that is masked is unmasked first", async () => {
  const programs = { "systemctl is-enabled knockd": { code: 1, text: "masked\n" } };
  const found = await diagnose(machineWith({ programs }), undefined, answers);
  const unit = found.find(({ about }) => about === "unit");
  assert.match(unit?.fix ?? "", /^systemctl unmask knockd, then /);
});
