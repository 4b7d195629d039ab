/** Names that DNS gives to addresses. */

import { parseAddress } from "./address.ts";

/**
 * A name that may stand in the log: letters, digits, - and _ between dots (RFC 1123, 2.1),
 * and nothing that could be read as an address. Whoever owns an address writes its record.
 */
export function hostName(record: string): string | undefined {
  const name = record.replace(/\.$/, "");
  if (name.length > 253 || !/^([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}$/.test(name)) {
    return undefined;
  }
  const last = name.slice(name.lastIndexOf(".") + 1);
  // A number at the end is an address to programs that read inet_aton(3)'s forms.
  if (/^(\d+|0x[0-9a-f]*)$/i.test(last)) return undefined;
  return parseAddress(name) === undefined ? name : undefined;
}
