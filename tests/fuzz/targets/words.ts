/** The small things that users write: sequences, flags, addresses, secrets, commands. */
import assert from "node:assert/strict";
import { addressFromBytes, parseAddress } from "../../../lib/core/address.ts";
import { formatSecret, parseSecret } from "../../../lib/core/one_time/secret_text.ts";
import { formatSequence, parseSequence } from "../../../lib/core/sequence.ts";
import { formatTcpFlags, parseTcpFlags } from "../../../lib/core/tcp_flags.ts";
import { expandCommand } from "../../../lib/core/template.ts";
import { assertNoSecret, SECRET } from "../secrets.ts";
import { gist, type Target, textOf } from "../target.ts";

const WORD = { maxBytes: 400, limit: 50, inputs: 1500 };

const sequence: Target = {
  ...WORD,
  name: "sequence",
  dictionary: [
    ..."1 0 65535 65536 : , udp tcp UDP 1e3 0x10 -1 +1 \u0661".split(" "),
    " ",
    "\n",
  ],
  run(input) {
    const text = textOf(input);
    const { sequence, problems } = parseSequence(text);
    for (const { offset, message } of problems) {
      assert.ok(offset <= text.length && message.length < 400, message);
    }
    const again = parseSequence(formatSequence(sequence));
    if (sequence.length > 0) assert.deepEqual(again, { sequence, problems: [] });
    return `${sequence.length} ${problems.map(({ message }) => gist(message))}`;
  },
};

const flags: Target = {
  ...WORD,
  name: "flags",
  dictionary: [
    ..."fin syn rst psh ack urg ece cwr ! , !! toString".split(" "),
    " ",
    "\t",
  ],
  run(input) {
    const flags = parseTcpFlags(textOf(input));
    if (typeof flags === "string") {
      assert.ok(flags.length < 300, flags);
      return gist(flags);
    }
    assert.equal(flags.value & ~flags.mask, 0);
    assert.deepEqual(parseTcpFlags(formatTcpFlags(flags)), flags);
    return `${flags.mask} ${flags.value}`;
  },
};

const address: Target = {
  ...WORD,
  name: "address",
  dictionary: [
    ..."0 1 255 256 010 0x7f . : :: ffff fe80 % %eth0 / \u0661 127.0.0.1".split(" "),
  ],
  run(input) {
    const address = parseAddress(textOf(input));
    if (address === undefined) return "none";
    const { family, text, bytes } = address;
    assert.deepEqual(parseAddress(text), address);
    assert.deepEqual(addressFromBytes(bytes), address);
    assert.match(text, family === 4 ? /^[0-9.]{7,15}$/ : /^[0-9a-f:]{2,39}$/);
    return `${family} ${bytes.map((byte) => byte === 0 ? 0 : 1).join("")}`;
  },
};

const secret: Target = {
  ...WORD,
  name: "secret",
  dictionary: [SECRET, "=", " ", "\n", "1", "0", "8", "a", "\u212a", "\0"],
  run(input) {
    const secret = parseSecret(textOf(input));
    if (typeof secret === "string") {
      assertNoSecret(secret, textOf(input), new RegExp(SECRET, "g"));
      return gist(secret);
    }
    const again = parseSecret(formatSecret(secret));
    assert.ok(typeof again !== "string");
    assert.deepEqual(again.reveal(), secret.reveal());
    return `${secret.reveal().length}`;
  },
};

const VALUES = {
  ip: parseAddress("2001:db8::1")!,
  door: "ssh",
  client: "al",
  port: 9000,
};

const command: Target = {
  ...WORD,
  name: "command",
  dictionary: [
    "%IP%",
    "%DOOR%",
    "%CLIENT%",
    "%PORT%",
    "%ip%",
    "%",
    "%%",
    "$&",
    "$1",
    "'",
    "\0",
  ],
  run(input) {
    const text = textOf(input);
    const line = expandCommand(text, VALUES);
    const list = expandCommand([text, text], VALUES);
    if (typeof line === "string" || typeof list === "string") return gist(`${line}`);
    assert.deepEqual(line.slice(0, 2), ["/bin/sh", "-c"]);
    assert.deepEqual([line.length, list.length, list[0]], [3, 2, list[1]]);
    // Whatever is around it, a placeholder is replaced, and by its value alone.
    const values = { IP: "2001:db8::1", DOOR: "ssh", CLIENT: "al", PORT: "9000" };
    const expected = text.split(/%(IP|DOOR|CLIENT|PORT)%/)
      .map((part, i) => i % 2 === 1 ? values[part as keyof typeof values] : part).join(
        "",
      );
    assert.equal(line[2], expected);
    return `${text.split("%").length} ${line.length}`;
  },
};

export const WORD_TARGETS: readonly Target[] = [
  sequence,
  flags,
  address,
  secret,
  command,
];
