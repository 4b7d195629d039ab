/**
 * `deno task test-all`: what takes long by its nature, each file by itself, and the tests
 * between real hosts once more with the executable in the place of the source, and the
 * packages of a release in systems of their own.
 */

import {
  canMakeHosts,
  filesOf,
  TEST,
  testHosts,
  thatRunTheProgram,
} from "./test/hosts.ts";
import { root, Steps } from "./test/steps.ts";

await using steps = await Steps.create();
if (await canMakeHosts(steps, "test-all")) {
  for (const file of await filesOf("tests/e2e/long")) await steps.test([...TEST, file]);
  if (await steps.check("task", "build")) {
    const env = {
      KNOCKD_TEST_BINARY: `${root}dist/knockd`,
      CACHE_DIRECTORY: `${steps.scratch}/cache`,
    };
    await steps.test([...TEST, ...await filesOf("tests/e2e/executable")], env);
    const files = await thatRunTheProgram(await filesOf("tests/e2e"));
    await testHosts(steps, files, env);
  }
  const packages = `${steps.scratch}/packages`;
  if (await steps.check("task", "release", "--quick", "--output", packages)) {
    const env = { KNOCKD_TEST_PACKAGES: packages };
    await steps.test([...TEST, ...await filesOf("tests/packages")], env);
  }
}
Deno.exitCode = steps.finish();
