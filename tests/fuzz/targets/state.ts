/** What the daemon keeps and is told: leases, the journal's log, the control socket. */
import assert from "node:assert/strict";
import { parseAnswer, parseRequest } from "../../../lib/server/control/message.ts";
import { parseLease } from "../../../lib/server/journal/lease_record.ts";
import { damageInLog } from "../../../lib/server/journal/wal.ts";
import { gist, type Target, textOf } from "../target.ts";

const JSON_PIECES = [
  ...'{ } [ ] , : " \\ null true -1 1e999 1e-7 9007199254740993 "" {} [] \\u0000'.split(
    " ",
  ),
  ..."\\ud800 __proto__ constructor toString".split(" "),
];

const control: Target = {
  name: "control",
  dictionary: [
    ...JSON_PIECES,
    ...'"command" "status" "reload" "confirm" "close" "door" "address" "all" "result"'
      .split(" "),
    '"error"',
  ],
  maxBytes: 1000,
  limit: 50,
  inputs: 1500,
  run(input) {
    const line = textOf(input);
    const request = parseRequest(line);
    const answer = parseAnswer(line);
    if (request !== undefined) {
      assert.deepEqual(parseRequest(JSON.stringify(request)), request);
    }
    const keys = (value: object | undefined) => value && Object.keys(value).sort().join();
    return `${request?.command} ${keys(request)} ${keys(answer)}`;
  },
};

const lease: Target = {
  name: "lease",
  dictionary: [
    ...JSON_PIECES,
    ...'"door" "client" "address" "family" "openedAt" "closesAt" "stage" "opening"'.split(
      " ",
    ),
    ...'"open" "closing" "stopArgv" "stopShown" "stopEnv" "stopTimeout" "attempts"'.split(
      " ",
    ),
    ...'"10.0.0.1" "::1" "::ffff:10.0.0.1" 4 6'.split(" "),
  ],
  maxBytes: 2000,
  limit: 50,
  inputs: 1500,
  run(input) {
    const lease = parseLease(textOf(input));
    if ("problem" in lease) {
      assert.ok(lease.problem.length <= 200, "a problem fits a line");
      return gist(lease.problem);
    }
    assert.ok(lease.stopArgv.length > 0);
    assert.deepEqual(parseLease(JSON.stringify(lease)), lease);
    return `${lease.family} ${lease.stage} ${lease.client === undefined}`;
  },
};

const wal: Target = {
  name: "wal",
  dictionary: [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83], [0, 0, 2, 0], [
    0,
    0,
    0,
    7,
  ]],
  maxBytes: 8000,
  limit: 50,
  inputs: 1500,
  run(input) {
    const damage = damageInLog(input);
    const honest = damageInLog(withHonestHeader(input));
    return `${damage} ${honest} ${Math.min(20, input.length >> 4)}`;
  },
};

/** The same log with the right sums in its header, so that it is read further. */
function withHonestHeader(log: Uint8Array): Uint8Array {
  if (log.length < 32) return log;
  const honest = log.slice();
  const view = new DataView(honest.buffer);
  view.setUint32(0, 0x377f0682 | log[0]! & 1);
  const littleEndian = (log[0]! & 1) === 0;
  let first = 0, second = 0;
  for (let at = 0; at < 24; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  view.setUint32(24, first);
  view.setUint32(28, second);
  return honest;
}

export const STATE_TARGETS: readonly Target[] = [control, lease, wal];
