/** `knockd profile`: what the client knows of the doors it may open. */

import { Command } from "@commander-js/extra-typings";

export function profileCommand(): Command {
  const command = new Command("profile")
    .description("the doors that this user may open with one-time sequences");
  command.command("add")
    .description('take a URI from "knockd enroll"')
    .argument(
      "[uri]",
      "otpauth://… URI; without it, or for -, it is read from standard input, which " +
        "keeps it out of the process list and the shell's history",
    )
    .option("--name <name>", "the profile's name; HOST/DOOR by default")
    .option("--replace", "replace a profile of the same name")
    .addHelpText("after", "\nExample: knockd profile add --name gate")
    .action(async (uri, options) => {
      await (await actions()).addProfileOf(uri, options);
    });
  command.command("list")
    .description("list the profiles, without their secrets")
    .addHelpText("after", "\nExample: knockd profile list")
    .action(async () => (await actions()).listProfiles());
  command.command("remove")
    .description("forget a profile and its secret")
    .argument("<name>", "the profile's name, or its host")
    .addHelpText("after", "\nExample: knockd profile remove gate.example.org/ssh")
    .action(async (name) => (await actions()).removeProfileOf(name));
  command.command("resync")
    .description(
      "knock by the clock again, after it was far ahead and has been set right",
    )
    .argument("<name>", "the profile's name, or its host")
    .addHelpText("after", RESYNC_HELP)
    .addHelpText("after", "\nExample: knockd profile resync gate.example.org/ssh")
    .action(async (name) => (await actions()).resyncProfile(name));
  return command as unknown as Command;
}

const RESYNC_HELP = `
A knock from a clock that was ahead used a step of the future, and this client waits for
that. The server counts on from there, too: its administrator runs "knockd resync".`;

function actions() {
  return import("./actions/profile.ts");
}
