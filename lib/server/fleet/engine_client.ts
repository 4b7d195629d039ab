/** The HTTP client that asks etcd. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import { unusable } from "./engine_error.ts";

/** With the certificates of a config; the runtime is the one to say what it can use. */
export function clientOf(
  { ca, identity }: Pick<FleetSettings, "ca" | "identity">,
): Deno.HttpClient {
  const options = {
    poolMaxIdlePerHost: 64,
    ...(ca === undefined ? {} : { caCerts: [ca] }),
  };
  try {
    if (identity === undefined) return Deno.createHttpClient(options);
    const key = new TextDecoder().decode(identity.key.reveal());
    return Deno.createHttpClient({ ...options, cert: identity.cert, key });
  } catch (error) {
    throw unusable(error);
  }
}
