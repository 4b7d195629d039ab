/**
 * The version, as deno.json has it.
 *
 * @module
 */
import deno from "../deno.json" with { type: "json" };

/** Version of this program. */
export const VERSION: string = deno.version;
