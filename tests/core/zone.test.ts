import assert from "node:assert/strict";
import { splitZone } from "../../lib/core/zone.ts";

Deno.test("a zone stands behind a link-local address, and behind no other", () => {
  const zones = ["fe80::1%eth0", "FEBF:1::%12", "fe80::1.2.3.4%br-lan.7", "fe80::1%en0"];
  for (const text of zones) {
    const [address, zone] = text.split("%");
    assert.deepEqual(splitZone(text), { address, zone });
  }
  for (
    const text of [
      ...[
        "fe80::1",
        "fe80::1%",
        "fe80::1%a b",
        "fe80::1%eth0%eth1",
        "fe80::1%e/0",
        "fe80",
      ],
      ...[
        "fec0::1%eth0",
        "fd00::1%eth0",
        "fe80:%eth0",
        "fe80::1::%eth0",
        "10.0.0.1%eth0",
      ],
      ...["%eth0", "host%eth0", `fe80::1%${"x".repeat(33)}`, "fe80::1%eth0\n", ""],
    ]
  ) assert.equal(splitZone(text), undefined, JSON.stringify(text));
});
