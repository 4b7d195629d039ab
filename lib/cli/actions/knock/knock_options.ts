/** The options of `knockd knock`, and which of them go together. */

import type { Form } from "../../../client/forms.ts";
import { UsageError } from "../../../core/failure.ts";

export interface KnockOptions {
  readonly delay?: number | undefined;
  readonly udp?: true | undefined;
  readonly ipv4?: true | undefined;
  readonly ipv6?: true | undefined;
  readonly all?: true | undefined;
  readonly verbose?: true | undefined;
  readonly waitPort?: number | undefined;
  readonly retries?: number | undefined;
  readonly proxy?: number | undefined;
  readonly otp?: true | undefined;
  readonly door?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly form?: Form | undefined;
}

/** Refuses options that contradict or miss each other. */
export function checkKnockOptions(
  options: KnockOptions,
  ports: readonly string[],
  program: readonly string[],
): void {
  const { waitPort, proxy, retries, otp, udp, door, sourceIp } = options;
  const { form } = options;
  if (proxy !== undefined && (waitPort !== undefined || program.length > 0)) {
    const other = waitPort === undefined ? "a command" : "--wait-port";
    throw new UsageError(`--proxy and ${other} exclude each other`);
  }
  if (waitPort === undefined && proxy === undefined) {
    const hint = "--wait-port 22 says which port to wait for";
    if (program.length > 0) throw new UsageError("a command needs --wait-port", hint);
    if (retries !== undefined) throw new UsageError("--retries needs --wait-port", hint);
  }
  if (otp) {
    const hint = "the profile says which ports to hit";
    if (ports.length > 0) {
      throw new UsageError("--otp and ports exclude each other", hint);
    }
    if (udp) throw new UsageError("--otp and --udp exclude each other", hint);
    return;
  }
  if (ports.length === 0) {
    const hint = "knockd knock HOST 7000 8000:udp 9000, or knockd knock HOST --otp";
    throw new UsageError("no ports are given", hint);
  }
  if (door !== undefined) throw new UsageError("--door needs --otp");
  if (sourceIp !== undefined) throw new UsageError("--source-ip needs --otp");
  if (form !== undefined) throw new UsageError("--form needs --otp");
}

/** The IP version that was asked for. */
export function familyOf({ ipv4, ipv6 }: KnockOptions): 4 | 6 | undefined {
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}
