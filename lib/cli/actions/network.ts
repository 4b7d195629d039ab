/** Addresses and networks on a command line. */

import { type Address, parseAddress } from "../../core/address.ts";
import { UsageError } from "../../core/failure.ts";
import {
  formatAddressBlock,
  parseAddressBlock,
} from "../../core/firewall/address_block.ts";

/** The address or network that `--ip` names, as a daemon knows it; throws a UsageError. */
export function networkOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const block = parseAddressBlock(text);
  if (typeof block !== "string") return formatAddressBlock(block);
  throw new UsageError(
    `--ip ${JSON.stringify(text.slice(0, 60))}: ${block}`,
    "--ip 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32",
  );
}

/** The address that an option or operand has; throws a UsageError, which names `what`. */
export function addressOf(what: string, text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new UsageError(
    `${what} ${JSON.stringify(text.slice(0, 60))} is not an IP address`,
    `${what} 192.0.2.7 or 2001:db8::7`,
  );
}
