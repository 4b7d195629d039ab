/** Which rights a process has without being root (capabilities(7)). */

/** The bits of those that we need. */
const CAPABILITIES = { NET_ADMIN: 12, NET_RAW: 13 } as const;

/** A right that we need. */
export type Capability = keyof typeof CAPABILITIES;

/** Whether one is in a set, as CapEff, that /proc/PID/status tells of. */
export function hasCapability(status: string, set: string, one: Capability): boolean {
  const [, hex = "0"] = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, "m").exec(status) ?? [];
  return (BigInt(`0x${hex}`) >> BigInt(CAPABILITIES[one]) & 1n) === 1n;
}
