/** What a config says of the fleet that a machine belongs to. */

import type { Secret } from "../core/secret.ts";

/** The `[fleet]` table, its files read. */
export interface FleetSettings {
  /** Tells this fleet from others in the same engine. */
  readonly name: string;
  /** This machine among the fleet's. */
  readonly node: string;
  /** Where the engine's members answer: `https://10.0.0.1:2379`. */
  readonly endpoints: readonly string[];
  /** Who signed the members' certificates, PEM; the system's authorities without it. */
  readonly ca?: string;
  /** This node's certificate and key, PEM. */
  readonly identity?: { readonly cert: string; readonly key: Secret };
  /** Who it is to the engine. */
  readonly login?: { readonly user: string; readonly password: Secret };
  /** 16 to 64 bytes, the same on every node. */
  readonly secret: Secret;
  /** Seconds that a knock waits for the engine, at most. */
  readonly timeout: number;
}
