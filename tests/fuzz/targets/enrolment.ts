/** What a client is given: enrolment URIs and the file of profiles. */
import assert from "node:assert/strict";
import { formatProfiles, parseProfiles } from "../../../lib/client/profile_text.ts";
import type { Enrolment } from "../../../lib/core/one_time/enrolment.ts";
import { Failure } from "../../../lib/core/failure.ts";
import { formatUri, parseUri } from "../../../lib/core/one_time/otpauth_uri.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../../lib/core/one_time/derive.ts";
import { assertNoSecret, SECRET } from "../secrets.ts";
import { gist, type Target, textOf } from "../target.ts";

const FIELDS =
  "host door label client secret mode period counter length ports protocol " +
  "bind_source";
const VALUES = [
  SECRET,
  "totp",
  "hotp",
  "tcp",
  "udp",
  "mixed",
  "10000-59999",
  "true",
  "v1",
];

/** Compares with the bytes of secrets, which otherwise do not show. */
const plain = ({ secret, ...rest }: Enrolment) => ({ ...rest, secret: secret.reveal() });

/** An enrolment that was read must be good for a knock. */
function assertUsable({ otp, label, secret, counter }: Enrolment): void {
  const key = derivationKey(secret, label);
  const at = otp.mode === "hotp" ? counter : counterAt(1_700_000_000, otp.period);
  assert.equal(deriveSequence(otp, at, key).length, otp.length);
}

const uri: Target = {
  name: "uri",
  dictionary: [
    ...FIELDS.split(" ").map((field) => `&${field}=`),
    ...VALUES,
    ..."% %00 %ff %1b %e2%80%ae # ? & = : / @ knock= algorithm= digits= 281474976710655"
      .split(" "),
  ],
  maxBytes: 9000,
  limit: 50,
  inputs: 3000,
  run(input) {
    const enrolment = parseUri(textOf(input));
    if (typeof enrolment === "string") {
      assert.doesNotMatch(enrolment, /\p{Cc}/u);
      assertNoSecret(enrolment, textOf(input));
      return gist(enrolment);
    }
    const again = parseUri(formatUri(enrolment));
    assert.ok(typeof again !== "string", String(again));
    assert.deepEqual(plain(again), plain(enrolment));
    assertUsable(enrolment);
    return Object.values(enrolment.otp).slice(3).join();
  },
};

const profiles: Target = {
  name: "profiles",
  dictionary: [
    ...FIELDS.split(" ").map((field) => `${field} = `),
    ...VALUES.map((value) => `"${value}"`),
    ...'[profiles] [profiles.a] [[ ]] { } " \' \\ " 1e3 inf 1979-05-27 -1 0x1f'.split(
      " ",
    ),
    ..."\n|\0|\\u0000|__proto__|\u202e|= 1\n".split("|"),
  ],
  maxBytes: 3000,
  limit: 50,
  inputs: 1500,
  run(input) {
    let read;
    try {
      read = parseProfiles(textOf(input), "profiles.toml");
    } catch (error) {
      assert.ok(error instanceof Failure, `${error}`);
      assert.doesNotMatch(error.message, /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
      assertNoSecret(error.message, textOf(input));
      return gist(error.message);
    }
    const again = parseProfiles(formatProfiles(read), "profiles.toml");
    const comparable = (list: typeof read) =>
      list.map(({ name, enrolment }) => ({ name, ...plain(enrolment) }));
    assert.deepEqual(comparable(again), comparable(read));
    for (const { enrolment } of read) assertUsable(enrolment);
    return read.map(({ enrolment }) => Object.values(enrolment.otp).slice(3)).join();
  },
};

export const ENROLMENT_TARGETS: readonly Target[] = [uri, profiles];
