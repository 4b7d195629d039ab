/**
 * Two networks without names and a wire between them, of the doctor's own: nothing of it
 * is in the machine's network, and all of it is gone when this process is, however it ends.
 */

import { NetworkNamespace } from "../../ffi/network_namespace.ts";
import { sendProbe } from "../../ffi/probe.ts";
import { type Address, parseAddress } from "../core/address.ts";
import type { Protocol } from "../core/door.ts";

/** Addresses of networks in which nobody else is; link-local ones, and of RFC 4193. */
const NEAR = { 4: parseAddress("169.254.1.1")!, 6: parseAddress("fd6b:6e6f:636b::1")! };
const FAR = { 4: "169.254.1.2/30", 6: "fd6b:6e6f:636b::2/64" };
/** Where nobody listens: what is sent there proves nothing to anybody. */
export const DISCARD = 9;

/** The wire; what is sent at its far end arrives at its near end. */
export class OwnWire implements Disposable {
  readonly #near: NetworkNamespace;
  readonly #far: NetworkNamespace;
  /** Where packets can be sent to: IPv6 only where this kernel has it. */
  readonly targets: readonly Address[];

  private constructor(near: NetworkNamespace, far: NetworkNamespace) {
    this.#near = near;
    this.#far = far;
    far.run(() =>
      ip("link", "add", "far", "type", "veth", "peer", "near", "netns", near.path)
    );
    far.run(() => ip("link", "set", "far", "up"));
    near.run(() => ip("link", "set", "near", "up"));
    far.run(() => ip("address", "add", FAR[4], "dev", "far"));
    near.run(() => ip("address", "add", `${NEAR[4].text}/30`, "dev", "near"));
    this.targets = this.#hasIpv6() ? [NEAR[4], NEAR[6]] : [NEAR[4]];
  }

  /** Makes it; an error says in words for a user why it can't be. */
  static make(): OwnWire | Error {
    const near = NetworkNamespace.create();
    if (near === undefined) return new Error("no namespace can be made (CAP_SYS_ADMIN)");
    const far = NetworkNamespace.create();
    try {
      if (far === undefined) throw new Error("no second namespace can be made");
      return new OwnWire(near, far);
    } catch (error) {
      near[Symbol.dispose]();
      far?.[Symbol.dispose]();
      return error as Error;
    }
  }

  /** Opens the near end, its name given to whoever opens it. */
  open<T>(open: (name: string) => T): T {
    return this.#near.run(() => open("near"));
  }

  /** Sends a packet to an address of the near end. */
  send(target: Address, protocol: Protocol): void {
    const bytes = target.family === 4 ? target.bytes.subarray(12) : target.bytes;
    this.#far.run(() => sendProbe(protocol, bytes, DISCARD));
  }

  [Symbol.dispose](): void {
    this.#far[Symbol.dispose]();
    this.#near[Symbol.dispose]();
  }

  #hasIpv6(): boolean {
    const add = (address: string, device: string) =>
      ip("address", "add", address, "dev", device, "nodad");
    try {
      this.#far.run(() => add(FAR[6], "far"));
      this.#near.run(() => add(`${NEAR[6].text}/64`, "near"));
      return true;
    } catch {
      return false;
    }
  }
}

/** Runs ip(8), in the network that this thread is in. */
function ip(...args: readonly string[]): void {
  const { success, stderr } = started(args);
  if (success) return;
  const [line = ""] = new TextDecoder().decode(stderr).split("\n");
  throw new Error(`ip ${args.slice(0, 2).join(" ")} failed: ${line}`);
}

function started(args: readonly string[]): Deno.CommandOutput {
  try {
    return new Deno.Command("ip", {
      args: [...args],
      env: { LC_ALL: "C" },
      stdin: "null",
      stdout: "null",
    }).outputSync();
  } catch {
    throw new Error("there is no program ip (iproute2)");
  }
}
