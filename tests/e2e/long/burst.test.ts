/** Many knocks at once, and knocks in noise. */
import assert from "node:assert/strict";
import {
  firewallDoor,
  knock,
  openings,
  recordingDoor,
  Scratch,
  serve,
} from "../../lab/daemon.ts";
import { hitFrame, send } from "../../lab/frames_sent.ts";
import { Network, waitFor } from "../../lab/net.ts";

Deno.test("50 clients that knock at the same moment all come in, and all go out", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const config = await scratch.config(firewallDoor("ssh", "7000,8000:udp,9000", 600));
  const daemon = await serve(server, config);
  const sources = Array.from(
    { length: 50 },
    (_, i) => i % 2 === 0 ? `10.77.0.${100 + i}` : `fd77::${100 + i}`,
  );
  const frames = ["7000", "8000:udp", "9000"].flatMap((hit, round) =>
    sources.map((source, i) => {
      const to = source.includes(":") ? server.ipv6 : server.ipv4;
      return hitFrame(source, to, hit, 100 * round + i);
    })
  );
  await send(client, frames);
  await waitFor(
    async () => (await openings(server)).length === 50,
    60_000,
    () => `50 openings\n${daemon.lines.join("\n")}`,
  );
  const rules = await openings(server);
  for (const source of sources) {
    assert.ok(rules.some((rule) => rule.includes(`-s ${source}/`)), source);
  }
  const asked = performance.now();
  assert.equal(await daemon.stop("SIGTERM", 60_000), 0);
  console.log(`50 doors closed in ${Math.round(performance.now() - asked)} ms`);
  assert.deepEqual(await openings(server), []);
});

Deno.test("100 of 100 knocks open while another source hits the first port all the time", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const noise = await net.host("noise");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  await serve(server, await scratch.config(door));
  const hits = Array.from(
    { length: 500 },
    (_, i) => hitFrame(noise.ipv4, server.ipv4, 7000, i),
  );
  let noisy = true;
  const background = (async () => {
    while (noisy) await send(noise, hits, { perSecond: 1000 });
  })();
  for (let i = 0; i < 100; i++) await knock(client, server.ipv4, 7000, 8000, 9000);
  const lines = await scratch.waitForLines("opened", 100);
  noisy = false;
  await background;
  assert.deepEqual(lines, Array(100).fill(`ssh ${client.ipv4}`));
});
