/** A user of its own for the daemon, and what that user has to be able to read. */

import { Failure } from "../../../core/failure.ts";
import { directoryOf } from "../../../files/path.ts";
import { explained } from "../../../files/reason.ts";
import { shareWithGroup } from "../../../files/share.ts";
import {
  SERVICE_ACCOUNT,
  serviceGroup,
  serviceUser,
} from "../../../files/service_ids.ts";
import { SYSUSERS, SYSUSERS_PATH } from "../../../setup/service/own_user.ts";
import { installFile } from "./install.ts";
import { filesRead, ownFiles } from "./files_read.ts";

/** Makes the user if there is none, and lets its group read the config and what is its own. */
export async function installAccount(config: string): Promise<void> {
  const group = serviceGroup() ?? await newAccount();
  for (const path of ownFiles(config)) shareWithGroup(path, group);
  await refuseUnreadable(config, group);
}

async function newAccount(): Promise<number> {
  const directory = directoryOf(SYSUSERS_PATH);
  explained(
    `${directory} can't be made`,
    () => Deno.mkdirSync(directory, { recursive: true }),
  );
  installFile({ path: SYSUSERS_PATH, mode: 0o644, text: SYSUSERS, replace: false });
  const said = await run("systemd-sysusers", [SYSUSERS_PATH]);
  const group = serviceGroup();
  if (group !== undefined) return group;
  throw new Failure(
    `there is no user ${SERVICE_ACCOUNT}, and systemd-sysusers made none: ${said}`,
    `useradd --system --user-group --no-create-home ${SERVICE_ACCOUNT}, then again`,
  );
}

/** A directory above that lets nobody through, or a secret elsewhere: better said now. */
async function refuseUnreadable(config: string, group: number): Promise<void> {
  const user = serviceUser();
  if (user === undefined) return;
  for (const path of filesRead(config)) {
    const said = await run("cat", [path], { uid: user, gid: group });
    if (said === "") continue;
    throw new Failure(
      `the user ${SERVICE_ACCOUNT} can't read ${path}`,
      `let its group through the directories above (chmod o+x, or chgrp ${SERVICE_ACCOUNT})`,
    );
  }
}

/** What went wrong, in a line; empty if nothing did. */
async function run(
  program: string,
  args: readonly string[],
  who: { uid?: number; gid?: number } = {},
): Promise<string> {
  try {
    const { code, stderr } = await new Deno.Command(program, {
      args: [...args],
      ...who,
      stdin: "null",
      stdout: "null",
      cwd: "/",
    }).output();
    const [line = ""] = new TextDecoder().decode(stderr).split("\n");
    return code === 0 ? "" : line || `exit code ${code}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no ${program}`;
    throw error;
  }
}
