/** Elements as commands of nft(8): who may pass, and for how long. */

import type { ElementStep, StepElement } from "./element_steps.ts";
import type { Session } from "./session.ts";

const LIVE_TIMEOUT = "5d";

/** Steps as commands, one a line. */
export function stepsText(steps: readonly ElementStep[]): string {
  return steps.map(stepText).join("");
}

function stepText({ verb, table, set, elements }: ElementStep): string {
  if (verb === "flush") return `flush set inet ${table} ${set}\n`;
  return `${verb} element inet ${table} ${set} { ${
    elements.map(elementText).join(", ")
  } }\n`;
}

function elementText({ address, ms }: StepElement): string {
  return ms === undefined ? address.text : `${address.text} timeout ${timeText(ms)}`;
}

function timeText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Names sessions that go on though nobody knocked for them. */
export function liveText(table: string, sessions: readonly Session[]): string {
  return sessions.map(({ peer, peerPort, local, localPort }) => {
    const key = `${peer.text} . ${peerPort} . ${local.text} . ${localPort}`;
    return `add element inet ${table} live_${peer.family} ` +
      `{ ${key} timeout ${LIVE_TIMEOUT} }\n`;
  }).join("");
}
