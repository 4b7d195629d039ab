/** The address that a knock leaves from, which binds a sequence to its sender. */

import type { Address } from "../core/address.ts";
import { Failure } from "../core/failure.ts";
import { isOfTheSystem } from "../files/reason.ts";
import { splitZone } from "../core/zone.ts";
import { chooseInZone, chooseSource } from "./choose_source.ts";
import { whyNotSent } from "./why_not_sent.ts";

/** The address that this machine would send from. */
export async function sourceAddress(target: Address): Promise<Address> {
  const interfaces = Deno.networkInterfaces();
  const zoned = splitZone(target.text);
  if (zoned !== undefined) {
    const routed = await routedSource([zoned.address, "dev", zoned.zone]);
    return chooseInZone(target, zoned.zone, interfaces, routed);
  }
  const own = interfaces.map(({ address }) => address);
  return chooseSource(
    target,
    own,
    await routedSource([target.text], unreachable(target)),
  );
}

/** A machine that is offline has addresses all the same, as those of Docker's bridges. */
function unreachable({ text }: Address): Failure {
  const { why, hint } = whyNotSent({ code: "ENETUNREACH" });
  return new Failure(`can't send to ${text}: ${why}`, hint);
}

/**
 * Linux tells the source of a route; there is no socket call for it in Deno.
 *
 * @throws {Failure} `noRoute`, where it says that there is none
 */
async function routedSource(
  target: readonly string[],
  noRoute?: Failure,
): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const ip = new Deno.Command("ip", {
      args: ["route", "get", ...target],
      stdin: "null",
    });
    const { stdout, stderr } = await ip.output();
    if (noRoute && /unreachable/i.test(new TextDecoder().decode(stderr))) throw noRoute;
    return / src (\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return undefined;
  }
}
