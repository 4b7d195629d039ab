/** What is wrong with a door that the kernel opens. */

import type { Door } from "../../core/door.ts";
import { SET_SIZE } from "../../core/firewall/table_text.ts";
import type { Finding } from "../problems.ts";

/** What the kernel can't do, and what makes its guard one for nobody. */
export function* kernelFindings(door: Door): Generator<Finding> {
  const { name, kernel, cmdTimeout, maxOpen } = door;
  if (kernel === undefined) return;
  const path = ["doors", name];
  if (cmdTimeout === 0) {
    const message = "the kernel opens for a second at least";
    yield { severity: "error", path: [...path, "cmd_timeout"], message };
  }
  if (maxOpen > SET_SIZE) {
    const message = `the kernel opens for ${SET_SIZE} addresses at most`;
    yield { severity: "error", path: [...path, "max_open"], message };
  }
  for (const { address, prefix } of kernel.allow) {
    if (prefix > 0) continue;
    const message =
      `everybody needs no knock, over IPv${address.family}: nothing is shut`;
    yield { severity: "warning", name: "allows-all", path: [...path, "allow"], message };
  }
}
