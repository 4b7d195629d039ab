/** Everything that reads what others wrote. */
import { CONFIG_TARGETS } from "./targets/config.ts";
import { ENROLMENT_TARGETS } from "./targets/enrolment.ts";
import { FLEET_TARGETS } from "./targets/fleet.ts";
import { MATCHER_TARGETS } from "./targets/matcher.ts";
import { PACKET_TARGETS } from "./targets/packet.ts";
import { STATE_TARGETS } from "./targets/state.ts";
import { WORD_TARGETS } from "./targets/words.ts";
import type { Target } from "./target.ts";

/** What is fuzzed. */
export const TARGETS: readonly Target[] = [
  ...PACKET_TARGETS,
  ...MATCHER_TARGETS,
  ...CONFIG_TARGETS,
  ...ENROLMENT_TARGETS,
  ...STATE_TARGETS,
  ...FLEET_TARGETS,
  ...WORD_TARGETS,
];
