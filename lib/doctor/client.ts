/** The client's side: can this machine knock there, and is its clock right? */

import { sendHit } from "../client/single_hit.ts";
import { resolveHost } from "../client/resolve.ts";
import { sourceAddress } from "../client/source_address.ts";
import { realClientSystem } from "../client/client_system.ts";
import type { Address } from "../core/address.ts";
import type { Protocol } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import { webClock } from "./web_clock.ts";

/** A port for the packets that are tried: a knock at one proves nothing to anybody. */
const DISCARD = 9;

/** What keeps a knock from reaching `host`; `clock` is a web server to ask for the time. */
export async function diagnoseClient(host: string, clock?: string): Promise<Examined[]> {
  const target = await attempt(() => resolveHost(realClientSystem(), host, undefined));
  if (target instanceof Error) {
    return [ill("host", target.message, "check the name, and this machine's DNS")];
  }
  const source = await attempt(() => sourceAddress(target));
  return [
    well("host", `${host} is ${target.text}`),
    source instanceof Error
      ? unknown("source", source.message, "--source-ip says what a bound door sees")
      : well("source", `knocks leave from ${source.text}, unless a router changes that`),
    await packetFinding(target, "tcp"),
    await packetFinding(target, "udp"),
    ...clock === undefined ? [] : [await webClock(clock)],
  ];
}

/** What the network answers does not matter: that a packet left does. */
async function packetFinding(target: Address, protocol: Protocol): Promise<Examined> {
  const about = protocol.toUpperCase();
  const sent = await attempt(() => sendHit(target, { port: DISCARD, protocol }));
  return sent instanceof Failure
    ? ill(about, sent.message, sent.hint ?? "look at the route and at the firewall")
    : well(about, "packets leave this machine");
}

async function attempt<T>(act: () => Promise<T>): Promise<T | Error> {
  try {
    return await act();
  } catch (error) {
    return error as Error;
  }
}
