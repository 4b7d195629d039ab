/** Who `knockd init` lets in first, and what that client is to knock at. */

import { clientNameProblem } from "../../../config/names.ts";
import { UsageError } from "../../../core/failure.ts";
import { isLocalAddress } from "../../../core/local_address.ts";

/** The name that was asked for, or else that of whoever called. */
export function firstClient(client: string | undefined): string {
  if (client !== undefined) {
    const problem = clientNameProblem(client);
    if (problem === undefined) return client;
    throw new UsageError(problem, "--client alice");
  }
  const caller = Deno.env.get("SUDO_USER") ?? Deno.env.get("USER") ?? "";
  return clientNameProblem(caller) === undefined && caller !== "root" ? caller : "me";
}

/** What others know this machine by: its full name if it has one, else an address of its own. */
export function knownHost(): string {
  const name = Deno.hostname();
  if (/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(name)) return name;
  const addresses = Deno.networkInterfaces()
    .filter(({ name, address }) => name !== "lo" && !isLocalAddress(address));
  const ipv4 = addresses.find(({ family }) => family === "IPv4");
  return (ipv4 ?? addresses[0])?.address ?? name;
}
