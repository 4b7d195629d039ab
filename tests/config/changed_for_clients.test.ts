import assert from "node:assert/strict";
import { changedForClients } from "../../lib/config/changed_for_clients.ts";
import { doorsOf, SECRET } from "./files.ts";

/** A rotating door with alice, and bob, whose secret is another one. */
function door(name: string, { own = "", otp = "", alice = SECRET } = {}): string {
  const bob = SECRET.replace("J", "K");
  return `[doors.${name}]\nopen = 22\n${own}\n[doors.${name}.otp]\n${otp}\n` +
    `[doors.${name}.clients]\nalice.secret = "${alice}"\nbob.secret = "${bob}"\n`;
}

async function outdated(before: string, after: string) {
  return changedForClients(await doorsOf(before), await doorsOf(after));
}

Deno.test("clients of a door with a new name were enrolled with its old label", async () => {
  const before = door("ssh");
  assert.deepEqual(await outdated(before, door("shell")), [
    { door: "shell", clients: ["alice", "bob"], enrolledWith: ['label = "ssh"'] },
  ]);
  const kept = door("shell", { own: 'label = "ssh"' });
  assert.deepEqual(await outdated(before, kept), []);
});

for (
  const [then, now, enrolledWith] of [
    ["", "length = 6", ["length = 5"]],
    ['ports = "20000-29999"', "", ['ports = "20000-29999"']],
    ["", 'protocol = "udp"\nbind_source = true', [
      'protocol = "tcp"',
      "bind_source = false",
    ]],
    ["", 'mode = "hotp"', ['mode = "totp"']],
    ["period = 60", "", ["period = 60"]],
    ["packet = 53", "packet = 443", ["packet = 53"]],
    ["packet = 53", "", ["packet = 53"]],
    ["", "packet = 53", undefined],
    ["", "window = 2\nlook_ahead = 20", undefined],
  ] as const
) {
  Deno.test(`whether ${now || "nothing"} shuts out who has ${then || "nothing"}`, async () => {
    const found = await outdated(door("ssh", { otp: then }), door("ssh", { otp: now }));
    assert.deepEqual(
      found.map((each) => each.enrolledWith),
      enrolledWith ? [enrolledWith] : [],
    );
  });
}

Deno.test("whoever is new, or was enrolled anew, knocks by what the door has now", async () => {
  const alice = SECRET.replace("J", "L");
  const after = door("ssh", { otp: "length = 6", alice });
  assert.deepEqual(await outdated(door("ssh"), after), [
    { door: "ssh", clients: ["bob"], enrolledWith: ["length = 5"] },
  ]);
  assert.deepEqual(await outdated("", after), []);
});

Deno.test("doors with the same secrets have each their own settings", async () => {
  const both = door("ssh") + door("web", { otp: "length = 6" });
  assert.deepEqual(await outdated(both, both), []);
});
