import { deepEqual, equal } from "node:assert/strict";
import { parseOpen } from "../../lib/config/open_ports.ts";
import { firstConfig } from "../../lib/setup/init/first_config.ts";
import { load } from "../config/files.ts";

Deno.test("the first config loads as the rotating door that it says", async () => {
  for (const name of ["ssh", "a.b", "-"]) {
    const { ports } = parseOpen("22, 51820:udp, 8000-8010");
    const { config, problems } = await load(firstConfig(name, ports));
    const [door] = config?.doors ?? [];
    equal(door?.name, name);
    deepEqual(door?.kernel?.ports, ports);
    equal(door?.key.kind, "otp");
    deepEqual(problems.filter(({ severity }) => severity === "error"), []);
  }
});
