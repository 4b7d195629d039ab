import assert from "node:assert/strict";
import fc from "fast-check";
import { Pcap, PcapError } from "../../../ffi/pcap/pcap.ts";
import { LIBPCAP, openLibrary } from "../../../ffi/open_library.ts";
import { loadPcap } from "../../../ffi/pcap/pcap_library.ts";
import { pcapSymbols } from "../../../ffi/pcap/pcap_symbols.ts";
import { readRecords } from "../../../ffi/pcap/savefile.ts";
import { ethernet, type Saved, savefile } from "../../core/frames.ts";
import { tcp, udp } from "../../core/packets.ts";

const ETHERNET = 1;

interface Packet {
  linkType: number;
  bytes: Uint8Array;
  time: number;
}

/** Everything that one read brings. */
function readBatch(pcap: Pcap): Packet[] {
  const packets: Packet[] = [];
  const count = pcap.read((linkType, bytes, offset, captured, time) => {
    packets.push({ linkType, bytes: bytes.slice(offset, offset + captured), time });
  });
  assert.equal(count, packets.length);
  return packets;
}

function readAll(pcap: Pcap): Packet[] {
  const all: Packet[] = [];
  for (let batch = readBatch(pcap); batch.length > 0; batch = readBatch(pcap)) {
    all.push(...batch);
  }
  return all;
}

/** A capture opened from a file of these packets. */
function offline(packets: Saved[], linkType = ETHERNET): Pcap {
  return openBytes(savefile(linkType, packets));
}

function openBytes(bytes: Uint8Array<ArrayBuffer>): Pcap {
  const path = Deno.makeTempFileSync({ suffix: ".pcap" });
  try {
    Deno.writeFileSync(path, bytes);
    return Pcap.openOffline(path);
  } finally {
    Deno.removeSync(path);
  }
}

/** A file that promises short packets, so that several of them make a batch. */
function offlineShort(packets: Saved[]): Pcap {
  const bytes = savefile(ETHERNET, packets);
  new DataView(bytes.buffer).setUint32(16, 128, true);
  return openBytes(bytes);
}

const SYN = ethernet(tcp({ dport: 7000 }));
const DATAGRAM = ethernet(udp({ dport: 8000 }));

Deno.test("pcap names its version", () => {
  assert.match(Pcap.version(), /^libpcap version \d/);
});

Deno.test("pcap reads every packet of a file, byte for byte", () => {
  const packets = Array.from({ length: 5000 }, (_, i) => i % 3 === 0 ? SYN : DATAGRAM);
  using pcap = offlineShort(packets);
  const read = readAll(pcap);
  assert.equal(read.length, packets.length);
  read.forEach(({ bytes, linkType }, i) => {
    assert.deepEqual(bytes, packets[i]);
    assert.equal(linkType, ETHERNET);
  });
});

Deno.test("pcap tells a packet's time in milliseconds with a fraction", () => {
  using pcap = offline([{ time: 1_700_000_000.123456, bytes: SYN }]);
  assert.deepEqual(readBatch(pcap).map(({ time }) => time), [1_700_000_000_123.456]);
});

Deno.test("pcap reads a packet of the greatest length", () => {
  const long = new Uint8Array(262_144).fill(7);
  using pcap = offline([SYN, long, DATAGRAM]);
  assert.deepEqual(readAll(pcap).map(({ bytes }) => bytes.length), [
    SYN.length,
    long.length,
    DATAGRAM.length,
  ]);
});

Deno.test("pcap never brings more than a batch at once", () => {
  using pcap = offlineShort(Array<Uint8Array>(3000).fill(SYN));
  assert.ok(pcap.batch > 100 && pcap.batch < 3000, `${pcap.batch}`);
  assert.equal(readBatch(pcap).length, pcap.batch);
  assert.equal(readAll(pcap).length, 3000 - pcap.batch);
});

Deno.test("pcap reads nothing more at the end of a file", () => {
  using pcap = offline([SYN]);
  assert.equal(readAll(pcap).length, 1);
  assert.deepEqual(readBatch(pcap), []);
  assert.equal(pcap.dropped(), 0);
});

Deno.test("pcap reads the whole packets of a truncated file, then fails", () => {
  const whole = savefile(ETHERNET, [SYN, DATAGRAM]);
  using pcap = openBytes(whole.slice(0, -5));
  assert.throws(() => readAll(pcap), /truncated/);
});

Deno.test("a filter lets through what it says", () => {
  using pcap = offline([SYN, DATAGRAM, SYN]);
  assert.equal(pcap.setFilter("udp dst port 8000"), true);
  assert.deepEqual(readAll(pcap).map(({ bytes }) => bytes), [DATAGRAM]);
});

Deno.test("a wrong filter is refused in libpcap's words, and the old one stays", () => {
  using pcap = offline([SYN, DATAGRAM]);
  pcap.setFilter("udp");
  assert.throws(() => pcap.setFilter("udp and ("), { code: "filter", message: /syntax/ });
  assert.equal(readAll(pcap).length, 1);
});

Deno.test("a filter can be compiled without being used", () => {
  using pcap = offline([DATAGRAM]);
  assert.equal(pcap.compile(""), 1);
  assert.ok(pcap.compile("tcp dst port 7000") > 5);
  assert.throws(() => pcap.compile("frobnicate"), PcapError);
  assert.equal(readAll(pcap).length, 1);
});

Deno.test("a closed handle refuses everything, and can be closed again", () => {
  const pcap = offline([SYN]);
  pcap.close();
  pcap.close();
  for (
    const use of [
      () => readBatch(pcap),
      () => pcap.setFilter("tcp"),
      () => pcap.compile("tcp"),
      () => pcap.dropped(),
    ]
  ) assert.throws(use, { name: "PcapError", message: /closed/ });
});

Deno.test("a handle closed by the handler of a packet hands over the batch", () => {
  const pcap = offlineShort([SYN, SYN]);
  assert.equal(pcap.read(() => pcap.close()), 2);
});

Deno.test("a missing file, and one that is no capture, are errors with their name", () => {
  assert.throws(() => Pcap.openOffline("/nonexistent.pcap"), /nonexistent\.pcap/);
  assert.throws(() => openBytes(new Uint8Array(100).fill(65)), { name: "PcapError" });
});

Deno.test("a missing interface is told apart from others", async () => {
  const missing = ["nosuch0", { snapLength: 128, ringSize: 1 << 20 }] as const;
  const expected = { code: Deno.uid() === 0 ? "no-device" : "no-permission" };
  assert.throws(() => Pcap.openLive(...missing), expected);
  await assert.rejects(Pcap.openLiveMeanwhile(...missing), expected);
});

function openPcap(...files: string[]) {
  const failure = (message: string) => new PcapError("no-library", message);
  return openLibrary({ ...LIBPCAP, files }, pcapSymbols, failure);
}

Deno.test("a missing libpcap is named with the packages that have it", () => {
  assert.throws(() => openPcap("libnosuch.so.1", "libnosuch.so.0"), (error) => {
    assert.ok(error instanceof PcapError);
    assert.equal(error.code, "no-library");
    assert.match(error.message, /libnosuch\.so\.1, libnosuch\.so\.0/);
    for (const distribution of ["Debian", "Fedora", "Alpine", "Arch"]) {
      assert.ok(error.message.includes(distribution), distribution);
    }
    return true;
  });
});

Deno.test("a libpcap that is damaged is told from one that is missing", async () => {
  const damaged = await Deno.makeTempFile({ suffix: ".so.1" });
  await Deno.writeTextFile(damaged, "damaged");
  assert.throws(() => openPcap("libnosuch.so.1", damaged), (error) => {
    assert.ok(error instanceof PcapError);
    assert.match(error.message, /^libpcap can't be loaded: .+; install libpcap: /);
    assert.ok(error.message.includes(damaged));
    return true;
  });
  await Deno.remove(damaged);
});

Deno.test("a library that lacks our functions is too old", () => {
  assert.throws(() => openPcap("libc.so.6"), {
    code: "no-library",
    message: /^libc\.so\.6 has no pcap_\w+: it is too old, .* 1\.9\.1 .* apt install/,
  });
});

Deno.test("libpcap is loaded once", () => {
  assert.equal(loadPcap(), loadPcap());
});

Deno.test("records of any bytes are read within their bounds", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (noise, end) => {
    const bytes = Uint8Array.from(noise);
    end = Math.min(end, bytes.length);
    readRecords(
      new DataView(bytes.buffer),
      bytes,
      end,
      ETHERNET,
      (_, all, at, length) => {
        assert.equal(all, bytes);
        assert.ok(at >= 16 && at + length <= end);
      },
    );
  }));
});
