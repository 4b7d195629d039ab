/** `open`, `allow` and `connections` of a door in knock.toml. */

import type {
  AddressBlock,
  KernelPorts,
  PortRange,
} from "../../core/firewall/kernel_ports.ts";
import { parseAddressBlock } from "../../core/firewall/address_block.ts";
import { parsePortRange } from "../../core/firewall/port_range.ts";
import { MAX_NETWORKS } from "../limits.ts";
import { NO_PORT, parseOpen, tooMany } from "../open_ports.ts";
import type { Path } from "../problems.ts";
import type { TomlContext } from "./context.ts";
import type { RawDoor } from "./schema.ts";

/** Reads what the kernel opens; nothing if it is not asked to open anything. */
export function readKernelPorts(
  path: Path,
  raw: RawDoor,
  context: TomlContext,
): KernelPorts | undefined {
  const fail = (key: string, message: string) =>
    context.report({ severity: "error", path: [...path, key], atKey: true, message });
  if (raw.open === undefined) {
    if (context.isBroken([...path, "open"])) return undefined;
    for (const key of ["allow", "connections"] as const) {
      if (raw[key] !== undefined) fail(key, "this means nothing without open");
    }
    return undefined;
  }
  const ports = readPorts(raw.open, [...path, "open"], context);
  const allow = readNetworks(raw.allow ?? [], [...path, "allow"], context);
  if (raw.connections === 1 && ports.some(({ protocol }) => protocol === "udp")) {
    fail("connections", "UDP has no connections to count; this takes TCP ports only");
  }
  return { ports, allow, connections: raw.connections === 1 ? 1 : 0 };
}

function readPorts(
  raw: NonNullable<RawDoor["open"]>,
  path: Path,
  context: TomlContext,
): PortRange[] {
  if (!Array.isArray(raw)) {
    const { ports, problems } = parseOpen(`${raw}`);
    for (const { offset, message } of problems) {
      context.report({ severity: "error", path, offset, message });
    }
    return ports;
  }
  const message = raw.length === 0 ? NO_PORT : tooMany(raw.length);
  if (message !== undefined) context.report({ severity: "error", path, message });
  return readEach<PortRange>(raw.map(String), path, parsePortRange, context);
}

function readNetworks(
  raw: NonNullable<RawDoor["allow"]>,
  path: Path,
  context: TomlContext,
): AddressBlock[] {
  const networks = typeof raw === "string" ? [raw] : raw;
  if (networks.length > MAX_NETWORKS) {
    const message = `${networks.length} networks; a door allows ${MAX_NETWORKS} at most`;
    context.report({ severity: "error", path, message });
    return [];
  }
  return readEach<AddressBlock>(networks, path, parseAddressBlock, context);
}

function readEach<T>(
  texts: readonly string[],
  path: Path,
  parse: (text: string) => Exclude<T, string> | string,
  context: TomlContext,
): Exclude<T, string>[] {
  const read: Exclude<T, string>[] = [];
  for (const [index, text] of texts.entries()) {
    const value = parse(text);
    if (typeof value !== "string") read.push(value);
    else context.report({ severity: "error", path: [...path, index], message: value });
  }
  return read;
}
