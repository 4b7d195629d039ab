/** A host, once and for all turned into the address to knock at. */

import { type Address, parseAddress } from "../core/address.ts";
import { Failure, UsageError } from "../core/failure.ts";
import { isLinkLocal, splitZone } from "../core/zone.ts";
import type { ClientSystem } from "./client_system.ts";

const NAMES = { 4: "IPv4", 6: "IPv6" } as const;

/** The address of a host: the first that the system's resolver gives for the family. */
export async function resolveHost(
  system: Pick<ClientSystem, "lookup">,
  host: string,
  family?: 4 | 6,
): Promise<Address> {
  const [first] = await resolveAll(system, host, family);
  return first!;
}

/** All addresses of a host, one at least, as the system's resolver orders them. */
export async function resolveAll(
  system: Pick<ClientSystem, "lookup">,
  host: string,
  family?: 4 | 6,
): Promise<readonly Address[]> {
  const plain = host.replace(/^\[(.*)\]$/, "$1");
  const literal = targetOf(plain);
  if (literal) {
    if (family !== undefined && literal.family !== family) {
      const own = NAMES[literal.family];
      throw new Failure(
        `${host} is an ${own} address, but -${family} asks for ${NAMES[family]}`,
        `leave out -${family}, or give the host's ${NAMES[family]} address`,
      );
    }
    return [literal];
  }
  if (isLinkLocal(plain) && parseAddress(plain)) throw withoutZone(host);
  if (looksLikeAddress(host)) {
    throw new UsageError(
      `${JSON.stringify(host.slice(0, 60))} is not an IP address`,
      "one is written 192.0.2.7, with numbers up to 255, or 2001:db8::7",
    );
  }
  const found = new Map<string, Address>();
  const known = await addresses(system, host, family);
  for (const text of known) {
    const address = targetOf(text);
    if (address && (family === undefined || address.family === family)) {
      found.set(address.text, address);
    }
  }
  if (found.size === 0) {
    throw known.some(isLinkLocal) ? withoutZone(host) : unresolved(host, family);
  }
  return [...found.values()];
}

/** An address with the zone that it needs, which stays in its text: so the system takes it. */
function targetOf(text: string): Address | undefined {
  const zoned = splitZone(text);
  if (zoned === undefined) return isLinkLocal(text) ? undefined : parseAddress(text);
  const address = parseAddress(zoned.address);
  return address && { ...address, text: `${address.text}%${zoned.zone}` };
}

/** Only the user knows on which of this machine's networks that is. */
function withoutZone(host: string): Failure {
  return new Failure(
    `${host}: a link-local address is one of every network; which one is meant?`,
    ZONE_HINT,
  );
}

const ZONE_HINT =
  "a link-local address needs an interface of this machine behind it: fe80::1%eth0";

/** Four numbers, or colons: no name has these, and no resolver need be asked. */
function looksLikeAddress(host: string): boolean {
  return /^\d+(\.\d+){3}$/.test(host) &&
      host.split(".").some((part) => Number(part) > 255) ||
    /^[\da-z]*:[\da-z.]*:[\da-z.:]*$/i.test(host);
}

async function addresses(
  system: Pick<ClientSystem, "lookup">,
  host: string,
  family: 4 | 6 | undefined,
): Promise<readonly string[]> {
  try {
    return await system.lookup(host, family);
  } catch (error) {
    throw unresolved(host, family, error);
  }
}

function unresolved(host: string, family?: 4 | 6, cause?: unknown): Failure {
  const kind = family === undefined ? "address" : `${NAMES[family]} address`;
  const name = JSON.stringify(host.length > 80 ? `${host.slice(0, 80)}…` : host);
  // The name may be right: nobody has said that it is not.
  if ((cause as { code?: string } | undefined)?.code === "EAI_AGAIN") {
    return new Failure(
      `no name server has an answer for the host ${name}`,
      "is this machine online? An IP address needs no name server",
      { cause },
    );
  }
  return new Failure(
    `no ${kind} is known for the host ${name}`,
    instead(host),
    { cause },
  );
}

/** Hosts are pasted with what stood around them: a scheme, a user, a port, a path. */
function instead(host: string): string {
  if (host.includes("%")) return ZONE_HINT;
  const name =
    /^(?:[a-z+.-]+:\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[^:/]+)(?::\d*)?(?:\/|$)/i
      .exec(host)?.[1];
  return name === undefined || name === host
    ? "check the name, or give an IP address instead"
    : `the host alone is needed: ${name}`;
}
