/** What a node finds in its engine: keys and values that anybody may have written. */
import assert from "node:assert/strict";
import { Secret } from "../../../lib/core/secret.ts";
import { formatEntry, parseEntry } from "../../../lib/server/fleet/entry.ts";
import { EntryKeys } from "../../../lib/server/fleet/entry_keys.ts";
import { EntrySeal } from "../../../lib/server/fleet/entry_seal.ts";
import { parseSpent } from "../../../lib/server/fleet/spent_entry.ts";
import { type Target, textOf } from "../target.ts";

const SERIES = "0123456789abcdef0123456789abcdef";
const KEYS = new EntryKeys("test");
const SEAL = new EntrySeal(new Secret(new Uint8Array(32).fill(1)));
const KEY = KEYS.lease({ group: "g", label: "ssh", ip: "192.0.2.7" });

const keys: Target = {
  name: "fleet-keys",
  dictionary: [
    ..."/ spent lease node revoked :: 192.0.2.7 % %2F %25 . .. g ssh".split(" "),
    ...[KEYS.prefix, SERIES, "\0", "\u{1F6AA}"],
  ],
  maxBytes: 300,
  limit: 50,
  inputs: 5000,
  run(input) {
    const text = textOf(input);
    const about = KEYS.parse(text);
    if (about === undefined) return "no key";
    const again = about.kind === "lease"
      ? KEYS.lease(about.place)
      : about.kind === "node"
      ? KEYS.node(about.name)
      : KEYS[about.kind](about.series);
    assert.equal(again, text);
    return about.kind;
  },
};

/** The input with a seal of the fleet's, as if a node could be made to write it. */
const entries: Target = {
  name: "fleet-entries",
  dictionary: [
    ...'{ } [ ] , : " \\ null 1e3 -1 0 {} "v":1 "open_for" "by" "client" "series"'.split(
      " ",
    ),
    ...'"counter" "once" "at" "mac" "door" "boot" "doors" "version" __proto__'.split(" "),
    ...[SERIES, "281474976710655", "281474976710656", "60000"],
  ],
  maxBytes: 1000,
  limit: 50,
  inputs: 3000,
  run(input) {
    const body = textOf(input);
    assert.equal(parseEntry("lease", body, KEY, SEAL), undefined, "without a seal");
    assert.equal(parseSpent(body, KEY, SEAL), undefined, "without a seal");
    const sealed = `${body.slice(0, -1)},"mac":"${SEAL.of(KEY, body)}"}`;
    for (const kind of ["lease", "node", "revoked"] as const) {
      const entry = parseEntry(kind, sealed, KEY, SEAL);
      if (entry === undefined) continue;
      assert.equal(formatEntry(kind, entry as never, KEY, SEAL), sealed);
      return `${kind} ${Object.keys(entry).length}`;
    }
    return body.endsWith("}") ? "no entry" : "no object";
  },
};

export const FLEET_TARGETS: readonly Target[] = [keys, entries];
