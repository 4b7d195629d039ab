/**
 * Knocks while somebody else hits the door's first port 20, 100 or 1,000 times a second.
 *
 * The background is sent by tcpreplay, first from another address of the knocker's network,
 * then from the knocker's own: its packets differ in source port and sequence number, so none
 * is a retransmission that a daemon may ignore. A knock counts when the command runs within
 * 150 ms. By its rules a door does not open when, from the same address, a fresh packet to the
 * first port comes between two packets of the knock: how often that may happen depends on how
 * fast the knock is, which here is as fast as three calls of connect().
 */

import { sleep } from "../tests/lab/net.ts";
import { type Arena, arena, PORTS } from "./lib/arena.ts";
import { type Contender, OURS_AND_BEFORE, RIVAL } from "./lib/contender.ts";
import { atLeast, type Effort, inTurns, type Row } from "./lib/row.ts";
import { record, send } from "./lib/traffic.ts";

const KNOCKS = 100;
const TIMEOUT_MS = 150;
/** Bounds the background should a round take longer than it can. */
const LONGEST_ROUND_S = 30;

export async function measure({ quick }: Effort): Promise<Row[]> {
  const knocks = quick ? 10 : KNOCKS;
  const rows: Row[] = [];
  for (const from of ["the knocker's network", "the knocker's own address"]) {
    for (const rate of quick ? [20, 1000] : [20, 100, 1000]) {
      const figure = `background of ${rate}/s from ${from}: knocks that open`;
      const opened = await inTurns(
        1,
        [...OURS_AND_BEFORE, RIVAL],
        (contender) => round(contender, from, rate, knocks),
      );
      rows.push({ figure, unit: `of ${knocks}`, ...opened, bar: atLeast(knocks) });
    }
  }
  return rows;
}

async function round(contender: Contender, from: string, rate: number, knocks: number) {
  await using place = await arena();
  const { client, server, directory } = place;
  const source = from.endsWith("network") ? "10.77.0.99" : client.ipv4;
  const path = `${directory}/background.pcap`;
  await record(path, {
    to: server,
    port: () => PORTS[0]!,
    source: () => source,
    different: rate * LONGEST_ROUND_S,
  });
  await using _daemon = await place.run(contender);
  await using _sender = send(client, path, rate, LONGEST_ROUND_S);
  await sleep(500);
  let opened = 0;
  for (let i = 0; i < knocks; i++) {
    if (await opens(place)) opened++;
    await sleep(5 + Math.random() * 50);
  }
  return opened;
}

function opens({ bell, knocker, server }: Arena): Promise<boolean> {
  bell.silence();
  knocker.knock(server.ipv4, PORTS);
  return Promise.resolve(bell.wait(TIMEOUT_MS) !== undefined);
}
