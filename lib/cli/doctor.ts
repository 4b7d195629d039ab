/** `knockd doctor`: is this machine ready? */

import type { Command } from "@commander-js/extra-typings";
import { daemonCommand } from "./daemon_command.ts";

export function doctorCommand(): Command {
  return daemonCommand(
    "doctor",
    "look whether this machine is ready, and say what it lacks",
  )
    .argument("[profile]", "a client's profile: look at the client's side instead")
    .option("--clock <url>", "a web server whose time this machine's is compared with")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample: sudo knockd doctor")
    .action(async (profile, options) => {
      const { doctor } = await import("./actions/doctor.ts");
      await doctor(profile, options);
    }) as unknown as Command;
}
