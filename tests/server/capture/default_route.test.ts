import assert from "node:assert/strict";
import { interfacesByRoute } from "../../../lib/server/capture/default_route.ts";

const HEAD4 =
  "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\n";
const LINK4 = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   \n";
const route4 = (name: string, metric: number, flags = "0003") =>
  `${name}\t00000000\t010200C0\t${flags}\t0\t0\t${metric}\t00000000\t0\t0\t0   \n`;

const ZERO = "0".repeat(32);
const LINK6 = `fd${
  "0".repeat(30)
} 40 ${ZERO} 00 ${ZERO} 00000100 1 0 00000001     eth0\n`;
const route6 = (name: string, metric: string, flags = "00000003") =>
  `${ZERO} 00 ${ZERO} 00 ${ZERO} ${metric} 00000002 00000000 ${flags}     ${name}\n`;

const by4 = (table4: string, nexthops: string[] = []) =>
  interfacesByRoute({ table4, table6: "", nexthops });
const by6 = (table6: string) => interfacesByRoute({ table4: "", table6, nexthops: [] });

Deno.test("the IPv4 default route of the lowest metric is found", () => {
  const table = HEAD4 + LINK4 + route4("wlan0", 600) + route4("eth0", 100);
  assert.deepEqual(by4(table), ["eth0"]);
});

Deno.test("the IPv6 default route of the lowest metric is found", () => {
  const table = LINK6 + route6("wlan0", "00000400") + route6("eth0", "00000064");
  assert.deepEqual(by6(table), ["eth0"]);
});

Deno.test("all ways of a default route that has several are found", () => {
  const wan0 = HEAD4 + route4("wan0", 0) + route4("lte0", 600);
  assert.deepEqual(by4(wan0, ["wan0", "wan1"]), ["wan0", "wan1"]);
  assert.deepEqual(by4(wan0, ["tun0", "tun1"]), ["wan0"], "of another table");
  assert.deepEqual(by4(HEAD4, ["wan0", "wan1"]), [], "of one that is gone by now");
  const table = route6("wan0", "00000400") + route6("wan1", "00000400");
  assert.deepEqual(by6(table), ["wan0", "wan1"]);
});

Deno.test("an interface of both default routes is named once", () => {
  const table4 = HEAD4 + route4("eth0", 100);
  const table6 = route6("eth0", "00000064");
  assert.deepEqual(interfacesByRoute({ table4, table6, nexthops: [] }), ["eth0"]);
});

Deno.test("a default route that refuses packets is none", () => {
  const unreachable = route6("lo", "ffffffff", "00200200");
  assert.deepEqual(by6(LINK6 + unreachable), []);
  assert.deepEqual(by4(HEAD4 + route4("*", 0, "0201")), []);
});

Deno.test("no table, or one without a default route, has none", () => {
  assert.deepEqual(by4(""), []);
  assert.deepEqual(by6(""), []);
  assert.deepEqual(by4(HEAD4 + LINK4), []);
  const half = `eth0\t00000000\t0\t0001\t0\t0\t0\t00000080\t0\t0\t0\n`;
  assert.deepEqual(by4(HEAD4 + half), [], "0.0.0.0/1 is no default");
});
