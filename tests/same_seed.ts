/**
 * Property tests draw the same each time, so that what passed here passes there; `deno task
 * fuzz` draws anew, and so does KNOCKD_TEST_SEED=$RANDOM.
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(Deno.env.get("KNOCKD_TEST_SEED") ?? 1) });
