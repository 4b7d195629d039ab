/** Doors for tests, complete but for what the test is about. */
import type { Door, OtpSettings, Sequence } from "../../lib/core/door.ts";
import { parseSequence } from "../../lib/core/sequence.ts";

/** `7000,8000:udp` as a sequence. */
export function sequence(text: string): Sequence {
  const parsed = parseSequence(text);
  if (parsed.problems.length > 0) throw new Error(parsed.problems[0]!.message);
  return parsed.sequence;
}

/** The `otp` table of a TOML config that leaves out all that can be. */
export const OTP: OtpSettings = {
  length: 5,
  lo: 10000,
  hi: 59999,
  protocol: "tcp",
  mode: "totp",
  period: 30,
  window: 1,
  lookAhead: 10,
  bindSource: false,
};

/** A static door with the defaults of a TOML config. */
export function door(name: string, knocks: string, parts: Partial<Door> = {}): Door {
  return {
    name,
    label: name,
    key: { kind: "static", sequence: sequence(knocks) },
    seqTimeout: 25,
    tcpFlags: { mask: 0x12, value: 0x02 },
    tolerance: 2,
    cmdTimeout: 10,
    again: "extend",
    failedStart: "close",
    closes: [],
    maxOpen: 1024,
    cooldown: 0,
    commandTimeout: 30,
    onExit: "close",
    ...parts,
  };
}
