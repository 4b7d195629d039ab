/** A host, once and for all turned into the address to knock at. */

import { type Address, parseAddress } from "../core/address.ts";
import { Failure, UsageError } from "../core/failure.ts";
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
  const literal = parseAddress(host.replace(/^\[(.*)\]$/, "$1"));
  if (literal) {
    if (/^fe[89ab].:/i.test(literal.text)) throw linkLocal(host);
    if (family !== undefined && literal.family !== family) {
      const own = NAMES[literal.family];
      throw new Failure(
        `${host} is an ${own} address, but -${family} asks for ${NAMES[family]}`,
        `leave out -${family}, or give the host's ${NAMES[family]} address`,
      );
    }
    return [literal];
  }
  if (host.includes("%")) throw linkLocal(host);
  if (looksLikeAddress(host)) {
    throw new UsageError(
      `${JSON.stringify(host.slice(0, 60))} is not an IP address`,
      "one is written 192.0.2.7, with numbers up to 255, or 2001:db8::7",
    );
  }
  const found = new Map<string, Address>();
  for (const text of await addresses(system, host, family)) {
    const address = parseAddress(text);
    if (address && (family === undefined || address.family === family)) {
      found.set(address.text, address);
    }
  }
  if (found.size === 0) throw unresolved(host, family);
  return [...found.values()];
}

/** Only the machine itself knows on which of its networks that is. */
function linkLocal(host: string): Failure {
  return new Failure(
    `${host}: a link-local address, which needs a zone, can't be knocked at`,
    "give the host an address that is not link-local",
  );
}

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
  return new Failure(
    `no ${kind} is known for the host ${name}`,
    instead(host),
    { cause },
  );
}

/** Hosts are pasted with what stood around them: a scheme, a user, a port, a path. */
function instead(host: string): string {
  const name =
    /^(?:[a-z+.-]+:\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[^:/]+)(?::\d*)?(?:\/|$)/i
      .exec(host)?.[1];
  return name === undefined || name === host
    ? "check the name, or give an IP address instead"
    : `the host alone is needed: ${name}`;
}
