import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import { Lease } from "../../../lib/server/leases/lease.ts";
import { LeaseElements } from "../../../lib/server/leases/lease_elements.ts";
import { LeaseReport } from "../../../lib/server/log/lease_report.ts";
import { FakeSystem } from "../fake_system.ts";
import { FakeElements } from "./elements_in_memory.ts";

Deno.test("two doors full of addresses that the kernel does not close are tried again", async () => {
  const system = new FakeSystem();
  const kernel = new FakeElements();
  const gone: Lease[] = [];
  const report = new LeaseReport(() => getLogger("knockd"), (ip) => ({ ip, who: ip }));
  const elements = new LeaseElements(kernel, report, system, (lease) => gone.push(lease));
  const leases = Array.from({ length: 2 * 65_536 }, (_, n) => {
    const promised = {
      ...{ id: undefined, label: undefined, client: undefined, stop: undefined },
      ...{ door: "kernel", ip: `10.0.0.0/${n}`, element: true },
      ...{ openedAt: system.now(), startMark: "" },
    };
    const span = { closesAt: system.now() + 60_000, openFor: 60_000 };
    return new Lease(promised, { stage: "over" }, span, system);
  });
  kernel.stuck = new TypeError("no memory");
  elements.take(leases);
  kernel.stuck = undefined;
  await system.advance(10_000);
  assert.equal(gone.length, leases.length);
  assert.equal(kernel.takes, 2);
});
