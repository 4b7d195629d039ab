/**
 * The address that a knock leaves from, which binds a sequence to its sender.
 *
 * @module
 */
import { type Address, parseAddress } from "../core/address.ts";
import { Failure } from "../core/failure.ts";

/** The address that this machine would send from. */
export async function sourceAddress(target: Address): Promise<Address> {
  const own = Deno.networkInterfaces().map(({ address }) => address);
  return chooseSource(target, own, await routedSource(target));
}

/**
 * The routed source, if the system says it; else this machine's only address that can
 * reach the target.
 */
export function chooseSource(
  target: Address,
  own: readonly string[],
  routed: string | undefined,
): Address {
  const source = parseAddress(routed ?? "");
  if (source?.family === target.family) return source;
  const addresses = own.flatMap((text) => parseAddress(text) ?? [])
    .filter(({ family }) => family === target.family);
  if (addresses.some(({ text }) => text === target.text)) return target;
  const candidates = addresses.filter((address) => !isLocal(address));
  const [only, second] = candidates;
  if (only && !second) return only;
  const names = candidates.map(({ text }) => text).join(", ");
  throw new Failure(
    only
      ? `a knock at ${target.text} may leave from any of ${names}`
      : `this machine has no address to knock at ${target.text} from`,
    "say with --source-ip which address the host sees",
  );
}

/** Loopback and link-local addresses reach no other network. */
function isLocal({ text }: Address): boolean {
  return /^(127\.|169\.254\.|::1$|fe[89ab])/.test(text);
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
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
