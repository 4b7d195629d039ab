/** What a one-time knock puts on the wire. */
import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import type { Enrolment } from "../../lib/core/one_time/enrolment.ts";
import { formatUri } from "../../lib/core/one_time/otpauth_uri.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../lib/core/one_time/derive.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { KNOCKD, Network } from "../lab/net.ts";
import type { RunOptions } from "../lab/process.ts";
import { type SeenHit, sniff } from "../lab/sniffer.ts";

const { otp } = anEnrolment();
const totp = anEnrolment({ otp: { ...otp, protocol: "mixed", period: 2 } });
const hotp = anEnrolment({ otp: { ...otp, protocol: "mixed", mode: "hotp" } });
const bound = anEnrolment({ otp: { ...hotp.otp, bindSource: true } });

/** A server that drops everything and a client with a profile for it. */
async function stage(net: Network, enrolment: Enrolment) {
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const home = await Deno.makeTempDir({ prefix: "knockd-client-" });
  const knockd = (args: readonly string[], options: RunOptions = {}) =>
    client.run([...KNOCKD, ...args], { env: { XDG_CONFIG_HOME: home }, ...options });
  await knockd(["profile", "add"], {
    stdin: formatUri({ ...enrolment, host: server.ipv4 }),
  });
  const sniffer = await sniff(server);
  const remove = () => Deno.remove(home, { recursive: true });
  return { server, client, knockd, sniffer, [Symbol.asyncDispose]: remove };
}

function knocksOf(enrolment: Enrolment, counter: number, source?: string): string[] {
  const { secret, label, otp } = enrolment;
  const plain = derivationKey(secret, label);
  const address = source === undefined ? undefined : parseAddress(source);
  const key = address ? derivationKey(secret, label, address) : plain;
  return deriveSequence(otp, counter, plain, key).map(formatKnock);
}

/** The step that a knock was derived for: its time's, or the one that just ended. */
function stepOf(hits: readonly SeenHit[]): number {
  const now = counterAt(hits[0]!.seconds, totp.otp.period);
  const heard = hits.map(({ knock }) => knock).join();
  const step = [now, now - 1].find((step) => knocksOf(totp, step).join() === heard);
  assert.ok(step !== undefined, `${heard} is not the sequence of step ${now}`);
  return step;
}

Deno.test("a one-time knock is its step's sequence, and the next one a later step's", async () => {
  await using net = await Network.create();
  await using set = await stage(net, totp);
  const { server, knockd, sniffer } = set;
  for (const count of [5, 10]) {
    await knockd(["knock", server.ipv4, "--otp"]);
    await sniffer.waitForHits(count);
  }
  const steps = [0, 5].map((first) => stepOf(sniffer.hits.slice(first, first + 5)));
  assert.ok(steps[0]! < steps[1]!, `steps ${steps}`);
});

Deno.test("a bound knock hits its first port twice, and then the others", async () => {
  await using net = await Network.create();
  await using set = await stage(net, bound);
  const { server, client, knockd, sniffer } = set;
  // With a second address, only the route tells which one the server sees.
  await client.run(["ip", "address", "add", "192.0.2.7/32", "dev", "eth0"]);
  await knockd(["knock", server.ipv4, "--otp"]);
  await sniffer.waitForHits(6);
  const [first, ...others] = knocksOf(bound, 0, client.ipv4);
  assert.deepEqual(sniffer.knocks, [first, first, ...others]);
});

Deno.test("two clients of one profile at the same moment send different sequences", async () => {
  await using net = await Network.create();
  await using set = await stage(net, hotp);
  const { server, knockd, sniffer } = set;
  const knock = () => knockd(["knock", server.ipv4, "--otp"]);
  await Promise.all([knock(), knock()]);
  await sniffer.waitForHits(10);
  const expected = [...knocksOf(hotp, 0), ...knocksOf(hotp, 1)];
  assert.deepEqual(sniffer.knocks.toSorted(), expected.toSorted());
});

Deno.test("Debian's knock sends what otp printed", async () => {
  await using net = await Network.create();
  await using set = await stage(net, hotp);
  const { server, client, knockd, sniffer } = set;
  const { stdout } = await knockd(["otp", server.ipv4]);
  await client.run(["/usr/bin/knock", server.ipv4, ...stdout.trim().split(" ")]);
  await sniffer.waitForHits(5);
  assert.deepEqual(sniffer.knocks, knocksOf(hotp, 0));
});
