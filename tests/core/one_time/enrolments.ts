import fc from "fast-check";
import type { Enrolment } from "../../../lib/core/one_time/enrolment.ts";
import { MAX_COUNTER } from "../../../lib/core/one_time/derive.ts";
import { Secret } from "../../../lib/core/secret.ts";

/** A plain enrolment for tests that need only one. */
export function anEnrolment(change: Partial<Enrolment> = {}): Enrolment {
  return {
    host: "example.org",
    door: "ssh",
    label: "ssh",
    client: "alice",
    otp: {
      length: 5,
      lo: 10000,
      hi: 59999,
      protocol: "tcp",
      mode: "totp",
      period: 30,
      bindSource: false,
    },
    counter: 0,
    secret: new Secret(new TextEncoder().encode("12345678901234567890")),
    ...change,
  };
}

const label = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const hostPart = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,20}$/);
const host = fc.oneof(
  fc.array(hostPart, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(".")),
  fc.ipV4(),
  fc.ipV6(),
);
const name = fc.oneof(
  label,
  fc.constantFrom("a b", "a:b", "__proto__", "naïve", "100%", "a&b=c", "#1", "🔑", '"'),
);

/** Any valid enrolment, names that look like trouble included. */
export const enrolments: fc.Arbitrary<Enrolment> = fc.record({
  host,
  door: name,
  label,
  client: name,
  secret: fc.uint8Array({ minLength: 16, maxLength: 64 }).map((raw) => new Secret(raw)),
  mode: fc.constantFrom("totp", "hotp"),
  period: fc.integer({ min: 1, max: 86400 }),
  counter: fc.integer({ min: 0, max: MAX_COUNTER }),
  length: fc.integer({ min: 3, max: 32 }),
  lo: fc.integer({ min: 1, max: 60000 }),
  protocol: fc.constantFrom("tcp", "udp", "mixed"),
  bindSource: fc.boolean(),
  window: fc.constantFrom(undefined, 0, 2, 10),
}).map((
  { host, door, label, client, secret, mode, period, counter, window, ...otp },
) => ({
  host,
  door,
  label,
  client,
  secret,
  otp: {
    ...otp,
    hi: otp.lo + 4 * 32,
    mode,
    period: mode === "totp" ? period : 30,
    ...(mode === "totp" && window !== undefined ? { window } : {}),
  },
  counter: mode === "hotp" ? counter : 0,
}));
