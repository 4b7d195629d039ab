/**
 * Secrets whose sequences have no port in common. Of any others one pair in two thousand
 * has one, and whoever sends both at once, as tests do, may spoil the second: what he hit
 * for the first completes it before its time, with too many ports in between.
 */
import { parseAddress } from "../../lib/core/address.ts";
import type { OtpSettings } from "../../lib/core/door.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../lib/core/one_time/derive.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { Secret } from "../../lib/core/secret.ts";

/** Counters from the first on, and seconds from now on, that a test has need of. */
const COUNTERS = 16;
const SECONDS = 120;
/** What a host remembers of a sequence that it takes no more, in seconds. */
const REMEMBERED = 30;

/** Steps that a clock is off by where a test wants to be told so. */
const OFF = 2;

/** Clients who may share an address; of a crowd each has one of its own. */
const FEW = 8;

/** The sources that a bound door hears from. */
const SOURCES = ["10.77.0.1", "10.77.0.2", "10.77.0.3", "fd77::2"].map((text) =>
  parseAddress(text)!
);

/** A port, and when it may be knocked on. */
interface Use {
  readonly from: number;
  readonly to: number;
}

/** The ports of a test. */
export class DistinctPorts {
  readonly #uses = new Map<string, Use[]>();
  readonly #secrets = new Map<string, Secret>();
  #tried = 0;

  /** The secret of a door and its client, whose ports are taken. */
  secret(label: string, client: string, otp: OtpSettings): Secret {
    return this.#secrets.getOrInsertComputed(`${label} ${client}`, () => {
      for (;;) {
        const secret = numbered(++this.#tried);
        if (this.#secrets.size >= FEW || this.take(secret, label, otp)) return secret;
      }
    });
  }

  /** Takes the ports of a secret at a door; whether no other has one of them meanwhile. */
  take(secret: Secret, label: string, otp: OtpSettings): boolean {
    const own = new Map<string, Use[]>();
    for (const { use, ports } of sequences(secret, label, otp)) {
      if (ports.some((port) => meets(use, this.#uses.get(port), own.get(port)))) {
        return false;
      }
      for (const port of ports) own.getOrInsertComputed(port, () => []).push(use);
    }
    for (const [port, uses] of own) {
      this.#uses.getOrInsertComputed(port, () => []).push(...uses);
    }
    return true;
  }
}

function numbered(number: number): Secret {
  const bytes = new Uint8Array(32).fill(number);
  new DataView(bytes.buffer).setUint32(0, number);
  return new Secret(bytes);
}

function meets(use: Use, ...others: (readonly Use[] | undefined)[]): boolean {
  return others.flatMap((uses) => uses ?? []).some(({ from, to }) =>
    from < use.to && use.from < to
  );
}

function* sequences(secret: Secret, label: string, otp: OtpSettings) {
  const plain = derivationKey(secret, label);
  const keys = otp.bindSource
    ? SOURCES.map((source) => derivationKey(secret, label, source))
    : [plain];
  for (const { counter, use } of otp.mode === "hotp" ? counters() : steps(otp)) {
    const all = keys.flatMap((key) => deriveSequence(otp, counter, plain, key));
    yield { use, ports: [...new Set(all.map(formatKnock))] };
  }
}

function* counters() {
  const use = { from: -Infinity, to: Infinity };
  for (let counter = 0; counter < COUNTERS; counter++) yield { counter, use };
}

function* steps({ period, window }: OtpSettings) {
  const now = Date.now() / 1000;
  const last = counterAt(now + SECONDS, period) + window;
  const first = counterAt(now, period) - window - OFF;
  for (let counter = first; counter <= last; counter++) {
    const from = (counter - window - OFF) * period;
    const to = (counter + window + OFF + 1) * period + REMEMBERED;
    yield { counter, use: { from, to } };
  }
}
