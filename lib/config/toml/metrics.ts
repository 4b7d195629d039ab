/** `metrics` of knock.toml: where the numbers of the daemon are had by HTTP. */

import { parseAddress } from "../../core/address.ts";
import type { LoopbackPort } from "../config.ts";
import type { TomlContext } from "./context.ts";

const HINT =
  'metrics = "127.0.0.1:9666"; for other machines, a proxy that asks who they are';

/** Reads `127.0.0.1:9666` or `[::1]:9666`. */
export function readMetrics(
  raw: string,
  { report }: TomlContext,
): LoopbackPort | undefined {
  const place = parse(raw);
  if (typeof place !== "string") return place;
  const path = ["options", "metrics"];
  report({ severity: "error", path, message: place, hint: HINT });
  return undefined;
}

/** The address and port, or what is wrong. */
function parse(text: string): LoopbackPort | string {
  const [, plain, bracketed, digits] =
    /^(?:([^[\]:]+)|\[([^[\]]+)\]):(\d{1,5})$/.exec(text) ?? [];
  if (digits === undefined) return `${JSON.stringify(text)} is no address with a port`;
  const name = plain ?? bracketed!;
  const address = parseAddress(name === "localhost" ? "127.0.0.1" : name);
  if (address === undefined) return `${JSON.stringify(name)} is no IP address`;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return `there is no port ${port}`;
  const isLoopback = address.text === "::1" || address.text.startsWith("127.");
  if (isLoopback) return { hostname: address.text, port };
  return `${address.text} is no loopback address: everybody could read who knocks`;
}
