/** Whether the clock can be trusted: one-time sequences follow from it. */

import type { Config } from "../config/config.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** What systemd says of the clock, where a door follows it. */
export async function clockFindings(
  machine: Machine,
  config: Config | undefined,
): Promise<Examined[]> {
  const follows = config === undefined ||
    config.doors.some(({ key }) => key.kind === "otp" && key.otp.mode === "totp");
  if (!follows) return [];
  const said = await machine.run(
    "timedatectl",
    "show",
    "-p",
    "NTPSynchronized",
    "--value",
  );
  const answer = said?.code === 0 ? said.text.trim() : undefined;
  if (answer === "yes") return [well("clock", "it is kept right over the network")];
  if (answer !== "no") {
    return [
      unknown("clock", "there is no timedatectl to ask", "compare it with another's"),
    ];
  }
  return [ill(
    "clock",
    "nothing keeps it right: one-time knocks fail once it is a step off",
    "timedatectl set-ntp true, or apt install systemd-timesyncd",
  )];
}
