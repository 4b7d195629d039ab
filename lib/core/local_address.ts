/** Addresses that mean something on one machine or one wire alone. */

/** Whether an address, in text, is loopback or link-local: it reaches no other network. */
export function isLocalAddress(address: string): boolean {
  return /^(127\.|169\.254\.|::1$|fe[89ab])/i.test(address);
}
