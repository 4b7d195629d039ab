/** The config of a first door: rotating, opened by the kernel. */

import { tomlKey } from "../../config/toml/key.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import { formatPortRange } from "../../core/firewall/port_range.ts";

/** Seconds that a first door is open: long enough to log in. */
const OPEN_SECONDS = 30;
/** The UDP port for single packets, as fwknop has it. */
const PACKET_PORT = 62201;

/** The text of knock.toml with one door; its name is a label. */
export function firstConfig(door: string, ports: readonly PortRange[]): string {
  const key = tomlKey(door);
  return `# knockd check says what this does, knockd schema and man which keys there are.

[doors.${key}]
# The kernel drops what comes to these ports, but from those who knocked.
open        = ${JSON.stringify(ports.map(formatPortRange).join(", "))}
cmd_timeout = ${OPEN_SECONDS}

# One-time knocks: ports that come from each client's secret, or a single packet.
[doors.${key}.otp]
packet = ${PACKET_PORT}
`;
}
