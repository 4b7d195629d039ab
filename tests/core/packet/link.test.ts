import assert from "node:assert/strict";
import {
  isSupportedLinkType,
  LINK_TYPES,
  LinkType,
} from "../../../lib/core/packet/parse.ts";
import { ethernet, frame, loopback, ppp, sll, sll2 } from "../frames.ts";
import { join } from "../packets.ts";
import { check, parse, t4, t6, u4, u6 } from "./rows.ts";

Deno.test("packet parser knows every link type of its table, IPv4 and IPv6", () => {
  for (const [linkType, name] of LINK_TYPES) {
    assert(isSupportedLinkType(linkType));
    const four = parse(linkType, frame(linkType, t4({ dport: 1 })));
    const six = parse(linkType, frame(linkType, u6({ dport: 2 })));
    assert.equal(four?.port, linkType === LinkType.IPV6 ? undefined : 1, name);
    assert.equal(six?.port, linkType === LinkType.IPV4 ? undefined : 2, name);
  }
  const wifi = 105;
  assert(!isSupportedLinkType(wifi));
  assert.equal(parse(wifi, t4()), undefined);
});

Deno.test("packet parser looks through VLAN tags on Ethernet", () => {
  const wrongType = ethernet(t4());
  wrongType.set([0x86, 0xdd], 12);
  const arp = ethernet(t4());
  arp.set([0x08, 0x06], 12);
  check(LinkType.ETHERNET, [
    ["802.1Q", ethernet(t4(), [0x8100]), true],
    ["802.1ad around 802.1Q", ethernet(t6(), [0x88a8, 0x8100]), true],
    ["the tag from before 802.1ad", ethernet(u4(), [0x9100, 0x8100]), true],
    ["four tags", ethernet(u4(), [0x88a8, 0x88a8, 0x8100, 0x8100]), true],
    ["five tags are above the bound", ethernet(u4(), Array(5).fill(0x8100)), false],
    ["tags without an end", ethernet(u4(), Array(100).fill(0x8100)), false],
    ["IPv4 that says it is IPv6", wrongType, false],
    ["ARP", arp, false],
    ["padding to 60 bytes", join(ethernet(t4()), new Uint8Array(6)), true],
  ]);
});

Deno.test("packet parser ignores outgoing packets of a cooked capture", () => {
  for (const packetType of [0, 1, 2, 3, 4]) {
    const incoming = packetType !== 4;
    const why = `packet type ${packetType}`;
    check(LinkType.LINUX_SLL, [[why, sll(t4(), packetType), incoming]]);
    check(LinkType.LINUX_SLL2, [[why, sll2(u6(), packetType), incoming]]);
  }
  check(LinkType.LINUX_SLL, [["tagged", sll(t4(), 0, [0x8100]), true]]);
  check(LinkType.LINUX_SLL2, [["tagged", sll2(t6(), 0, [0x88a8, 0x8100]), true]]);
});

Deno.test("packet parser takes loopback's address family in either byte order", () => {
  for (const linkType of [LinkType.NULL, LinkType.LOOP]) {
    for (const order of ["little", "big"] as const) {
      const families = [2, 10, 24, 28, 30, 7, 0];
      const six = families.map((family) =>
        parse(linkType, loopback(t6(), order, family))
      );
      assert.deepEqual(
        six.map((hit) => hit !== undefined),
        [false, true, true, true, true, false, false],
      );
      assert(parse(linkType, loopback(t4(), order)));
    }
    check(linkType, [
      ["IPv4 that says it is IPv6", loopback(t4(), "big", 10), false],
      ["a family in both byte orders", join([2, 0, 0, 2], t4()), false],
      ["a family above a byte", join([2, 1, 0, 0], t4()), false],
    ]);
  }
});

Deno.test("packet parser reads PPP with and without its compressions", () => {
  for (const packet of [t4(), u6()]) {
    for (const addressControl of [true, false]) {
      for (const compressed of [true, false]) {
        const bytes = ppp(packet, { addressControl, compressed });
        check(LinkType.PPP, [[`${addressControl} ${compressed}`, bytes, true]]);
      }
    }
  }
  check(LinkType.PPP, [
    ["LCP", join([0xff, 0x03, 0xc0, 0x21], t4()), false],
    ["IPv6 that says it is IPv4", join([0x00, 0x21], t6()), false],
  ]);
});
