/**
 * How long fwknopd takes from its single packet to the command, as latency.ts measures us.
 *
 * Debian's fwknop writes the packets to files beforehand, encrypted and authenticated, and we
 * send them, so that the client's own time does not count. The command is a shell script that
 * rings the bell. fwknopd looks for packets ten times a second, as it does by default.
 */

import { sleep } from "../tests/lab/net.ts";
import { type Arena, arena } from "./lib/arena.ts";
import { start } from "./lib/contender.ts";
import type { Effort, Row } from "./lib/row.ts";
import { median } from "./lib/statistics.ts";

const PORT = 62201;
const TIMEOUT_MS = 1000;
const KEYS = ["--key-base64-rijndael", "--key-base64-hmac"].map((option, i) => {
  return { option, key: btoa(String(i).repeat(32)) };
});

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const { server } = place;
  const count = quick ? 5 : 20;
  const packets = await Promise.all(
    Array.from({ length: repetitions * count }, (_, i) => packet(place, `spa${i}`)),
  );
  await using _daemon = await start(server, await fwknopd(place));
  await sleep(1000);
  const fwknop: number[] = [];
  while (packets.length > 0) {
    const taken: number[] = [];
    for (const bytes of packets.splice(0, count)) taken.push(await latency(place, bytes));
    fwknop.push(median(taken));
  }
  return [{ figure: "fwknopd's packet to command, median", unit: "ms", ours: fwknop }];
}

async function latency(
  { bell, knocker, server }: Arena,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<number> {
  bell.silence();
  const sent = knocker.datagram(server.ipv4, PORT, bytes);
  const ring = bell.wait(TIMEOUT_MS);
  await sleep(50 + Math.random() * 100);
  return ring === undefined ? TIMEOUT_MS : ring.time - sent;
}

async function packet({ client, server, directory }: Arena, name: string) {
  const path = `${directory}/${name}`;
  const keys = KEYS.flatMap(({ option, key }) => [option, key]);
  const request = ["--access", "tcp/22", "--allow-ip", client.ipv4, "--use-hmac"];
  const argv = ["fwknop", "--test", "--save-packet", path, "--destination", server.ipv4];
  await client.run([...argv, ...request, ...keys], { env: { HOME: directory } });
  return new TextEncoder().encode((await Deno.readTextFile(path)).trim());
}

async function fwknopd({ bell, directory }: Arena): Promise<string[]> {
  const ring = `${directory}/ring`;
  await Deno.writeTextFile(ring, `#!/bin/sh\necho "$1" >${bell.path}\n`, { mode: 0o755 });
  const [rijndael, hmac] = KEYS;
  const access = `SOURCE ANY
KEY_BASE64 ${rijndael!.key}
HMAC_KEY_BASE64 ${hmac!.key}
CMD_CYCLE_OPEN ${ring} $SRC
CMD_CYCLE_CLOSE NONE
`;
  const options = { mode: 0o600 };
  await Deno.writeTextFile(`${directory}/access.conf`, access, options);
  await Deno.writeTextFile(`${directory}/fwknopd.conf`, "PCAP_INTF eth0;\n", options);
  return [
    ...["fwknopd", "--foreground", "--run-dir", directory],
    ...["--config-file", `${directory}/fwknopd.conf`],
    ...["--access-file", `${directory}/access.conf`],
    ...["--digest-file", `${directory}/digest`, "--pid-file", `${directory}/fwknopd.pid`],
  ];
}
