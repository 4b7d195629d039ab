/**
 * A daemon's dealings with its journal, in a process of its own, which can be killed at
 * a point: `journal_program.ts DIRECTORY [POINT]`. Prints each step that was done.
 */
import { Journal, type NewLease } from "../../../lib/server/journal/journal.ts";
import type { Series } from "../../../lib/server/journal/series.ts";

export const SERIES: Series = { id: "0".repeat(32), label: "ssh", client: "alice" };

export const LEASE: NewLease = {
  door: "ssh",
  client: "alice",
  address: "10.0.0.1",
  family: 4,
  openedAt: 1_000,
  closesAt: 2_000,
  openFor: 1_000,
  bootId: "first",
  mark: "lease",
  stopArgv: ["/usr/sbin/nft", "delete", "element", "inet", "knock", "ssh"],
  stopShown: "nft delete element inet knock ssh",
  stopEnv: { KNOCK_IP: "10.0.0.1" },
  stopTimeout: 30,
};

/** What the daemon does, each step with what the journal must hold once it is done. */
export const STEPS = [
  {
    operation: "create",
    run: () => {},
    holds: { highest: undefined, leases: [] },
  },
  {
    operation: "spend",
    run: (journal: Journal) => journal.spend(SERIES, 1),
    holds: { highest: 1, leases: [] },
  },
  {
    operation: "begin",
    run: (journal: Journal) => journal.beginLease(LEASE),
    holds: { highest: 1, leases: ["1 opening 2000"] },
  },
  {
    operation: "spend and begin",
    run: (journal: Journal) => journal.spendAndBegin(SERIES, 2, LEASE),
    holds: { highest: 2, leases: ["1 opening 2000", "2 opening 2000"] },
  },
  {
    operation: "note",
    run: (journal: Journal) =>
      journal.noteLeases([
        { id: 1, changes: { stage: "open", closesAt: 3_000, openFor: 1_000 } },
        { id: 2, changes: undefined },
      ]),
    holds: { highest: 2, leases: ["1 open 3000"] },
  },
  {
    operation: "batch",
    run: (journal: Journal) =>
      journal.batch(() => {
        journal.noteLeases([{ id: 1, changes: undefined }]);
        journal.spend(SERIES, 3);
      }),
    holds: { highest: 3, leases: [] },
  },
] as const;

if (import.meta.main) {
  const [directory = "", killAt] = Deno.args;
  const journal = await Journal.open(directory, {
    onPoint: (point) => {
      if (point === killAt) Deno.kill(Deno.pid, "SIGKILL");
    },
  });
  for (const { operation, run } of STEPS) {
    run(journal);
    console.log(operation);
  }
  if (killAt === "end of input") {
    for await (const _ of Deno.stdin.readable);
  }
}
