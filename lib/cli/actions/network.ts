/**
 * `--ip`: an address or a network.
 *
 * @module
 */
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
