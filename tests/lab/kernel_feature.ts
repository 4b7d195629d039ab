/** Tests of what not every kernel has; where this one has it not, another one runs them. */
import assert from "node:assert/strict";
import { Network } from "./net.ts";
import { otherKernelObstacle, runInOtherKernel } from "./other_kernel.ts";

/** What a test may need of the kernel: how it is asked for. */
const FEATURES = {
  "netem": "tc qdisc add dev eth0 root netem delay 1ms",
  "VLAN devices": "ip link add link eth0 name eth0.2 type vlan id 2",
  "VRF devices": "ip link add vrf0 type vrf table 10",
};

export type Feature = keyof typeof FEATURES;

/** Whether the running kernel has it. */
export async function kernelHas(feature: Feature): Promise<boolean> {
  await using net = await Network.create();
  const host = await net.host("probe");
  const asked = await host.run(FEATURES[feature].split(" "), { check: false });
  return asked.code === 0;
}

/** Runs the body of a test here, or the whole test in another kernel. */
export async function withKernel(
  test: Deno.TestContext,
  feature: Feature,
  body: () => Promise<void>,
): Promise<void> {
  if (await kernelHas(feature)) return await body();
  const obstacle = otherKernelObstacle();
  if (obstacle !== undefined) {
    const name = `not run: this kernel has no ${feature}, and ${obstacle}`;
    await test.step({ name, ignore: true, fn() {} });
    return;
  }
  const only = ["--filter", test.name, new URL(test.origin).pathname];
  const argv = [Deno.execPath(), "test", "--allow-all", "--no-check", ...only];
  const { stdout, stderr, code } = await runInOtherKernel(argv, { timeout: 400_000 });
  const story =
    `in another kernel, since this one has no ${feature}:\n${stdout}${stderr}`;
  assert.equal(code, 0, story);
  // A filter that nothing matches would be fine with `deno test`.
  assert.match(stdout, /^ok \| 1 passed/m);
  console.log(story.trimEnd());
}
