/**
 * The client's side: can this machine knock there, and is its clock right?
 *
 * @module
 */
import { hit } from "../client/hit.ts";
import { resolveHost } from "../client/resolve.ts";
import { sourceAddress } from "../client/source.ts";
import { realSystem } from "../client/system.ts";
import type { Address } from "../core/address.ts";
import type { Protocol } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import { type Finding, ill, unknown, well } from "./finding.ts";

/** Seconds that a clock may be off before a step is missed. */
const CLOCK_TOLERANCE = 30;
const PATIENCE_MS = 5000;
/** A port for the packets that are tried: a knock at one proves nothing to anybody. */
const DISCARD = 9;

/** What keeps a knock from reaching `host`; `clock` is a web server to ask for the time. */
export async function diagnoseClient(host: string, clock?: string): Promise<Finding[]> {
  const target = await attempt(() => resolveHost(realSystem(), host, undefined));
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
    ...clock === undefined ? [] : [await clockFinding(clock)],
  ];
}

/** How far a clock is off a server's, as its Date says it. */
export function clockVerdict(server: string | null, now: number): Finding {
  const time = Date.parse(server ?? "");
  if (Number.isNaN(time)) return unknown("clock", "the web server says no time");
  const off = Math.round((now - time) / 1000);
  const where = off < 0 ? "behind" : "ahead of";
  return Math.abs(off) <= CLOCK_TOLERANCE
    ? well("clock", `right to ${Math.abs(off)} s`)
    : ill(
      "clock",
      `${Math.abs(off)} s ${where} the web server's: one-time knocks will be refused`,
      "set it right, as by timedatectl set-ntp true",
    );
}

async function clockFinding(url: string): Promise<Finding> {
  const answer = await attempt(() =>
    fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) })
  );
  return answer instanceof Error
    ? unknown("clock", `${url} gave no answer: ${answer.message}`)
    : clockVerdict(answer.headers.get("date"), Date.now());
}

/** What the network answers does not matter: that a packet left does. */
async function packetFinding(target: Address, protocol: Protocol): Promise<Finding> {
  const about = protocol.toUpperCase();
  const sent = await attempt(() => hit(target, { port: DISCARD, protocol }));
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
