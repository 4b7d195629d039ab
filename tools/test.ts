/** `deno task test`: every check, the unit tests, and the tests between real hosts. */

import { canMakeHosts, filesOf, testHosts } from "./test/hosts.ts";
import { Steps } from "./test/steps.ts";
import { testUnits } from "./test/unit.ts";

await using steps = await Steps.create();
const hosts = await canMakeHosts(steps, "test");
await steps.check("fmt", "--check");
await steps.check("lint");
await steps.check("check", "--quiet");
await steps.check("task", "doc-lint");
await testUnits(steps);
if (hosts) await testHosts(steps, await filesOf("tests/e2e"));
Deno.exitCode = steps.finish();
