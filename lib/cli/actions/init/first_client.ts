/** Who `knockd init` lets in first, and what that client is to knock at. */

import { CLIENT_NAME } from "../../../config/names.ts";
import { RESERVED } from "../../../config/toml/shape.ts";
import { UsageError } from "../../../core/failure.ts";
import { isLocalAddress } from "../../../core/local_address.ts";

/** The name that was asked for, or else that of whoever called. */
export function firstClient(client: string | undefined): string {
  if (client !== undefined) {
    if (isClientName(client)) return client;
    if (RESERVED.has(client)) {
      throw new UsageError(`a client can't be called ${client}`, "--client alice");
    }
    throw new UsageError("a client's name has 1 to 64 of A-Z a-z 0-9 . _ @ -");
  }
  const caller = Deno.env.get("SUDO_USER") ?? Deno.env.get("USER") ?? "";
  return isClientName(caller) && caller !== "root" ? caller : "me";
}

function isClientName(name: string): boolean {
  return CLIENT_NAME.test(name) && !RESERVED.has(name);
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
