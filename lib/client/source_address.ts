/** The address that a knock leaves from, which binds a sequence to its sender. */

import type { Address } from "../core/address.ts";
import { isOfTheSystem } from "../files/reason.ts";
import { chooseSource } from "./choose_source.ts";

/** The address that this machine would send from. */
export async function sourceAddress(target: Address): Promise<Address> {
  const own = Deno.networkInterfaces().map(({ address }) => address);
  return chooseSource(target, own, await routedSource(target));
}

/** Linux tells the source of a route; there is no socket call for it in Deno. */
async function routedSource(target: Address): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const ip = new Deno.Command("ip", {
      args: ["route", "get", target.text],
      stdin: "null",
      stderr: "null",
    });
    const { stdout } = await ip.output();
    return / src (\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return undefined;
  }
}
