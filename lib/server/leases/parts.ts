/** What the files of this folder work with together. */

import type { Runner } from "../commands/runner.ts";
import type { Journal } from "../journal/journal.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";
import type { Admission } from "./admission.ts";
import type { Cooldown } from "./cooldown.ts";
import type { Deadlines } from "./deadlines.ts";
import type { LeaseElements } from "./lease_elements.ts";
import type { LeaseNotes } from "./notes.ts";
import type { Registry } from "./registry.ts";

/** The parts of the leases of a daemon, each there once. */
export interface Parts {
  readonly system: System;
  readonly runner: Runner;
  readonly journal: Journal;
  readonly report: Report;
  readonly elements: LeaseElements;
  /** Which start of the machine this is. */
  readonly bootId: string;
  readonly registry: Registry;
  readonly deadlines: Deadlines;
  readonly admission: Admission;
  readonly cooldown: Cooldown;
  readonly notes: LeaseNotes;
}
