/** The version, as deno.json has it. */

import deno from "../deno.json" with { type: "json" };

export const VERSION: string = deno.version;
