/** Doors with `open` for tests. */
import { parseAddress } from "../../../lib/core/address.ts";
import type { Door } from "../../../lib/core/door.ts";
import type { KernelDoor } from "../../../lib/core/firewall/guarded_door.ts";
import { parseAddressBlock } from "../../../lib/core/firewall/address_block.ts";
import { parsePortRange } from "../../../lib/core/firewall/port_range.ts";
import { door } from "../doors.ts";

/** What is different about a door. */
export interface Differences {
  readonly target?: string;
  readonly allow?: readonly string[];
  readonly connections?: 0 | 1;
  readonly parts?: Partial<Door>;
}

/** A door that opens ports, as `22, 5353:udp`. */
export function opening(name: string, ports: string, more: Differences = {}): KernelDoor {
  const { target, allow = [], connections = 0, parts = {} } = more;
  return {
    ...door(name, "7000", parts),
    ...(target === undefined ? {} : { target: parseAddress(target)! }),
    kernel: {
      ports: ports.split(",").map((text) => parsed(parsePortRange(text))),
      allow: allow.map((text) => parsed(parseAddressBlock(text))),
      connections,
    },
  };
}

function parsed<T>(value: T): Exclude<T, string> {
  if (typeof value === "string") throw new Error(value);
  return value as Exclude<T, string>;
}
