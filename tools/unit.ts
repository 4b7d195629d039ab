/** `deno task unit`: the tests that need no root and no network. */

import { Steps } from "./test/steps.ts";
import { testUnits } from "./test/unit.ts";

await using steps = await Steps.create();
await testUnits(steps);
Deno.exitCode = steps.finish();
