/** The subcommands, in the groups that help lists them in. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { checkCommand } from "./check.ts";
import { completionsCommand } from "./completions.ts";
import {
  closeCommand,
  confirmCommand,
  reloadCommand,
  resyncCommand,
  statusCommand,
} from "./control.ts";
import { doctorCommand } from "./doctor.ts";
import { enrollCommand } from "./enroll.ts";
import { firewallCommand } from "./firewall.ts";
import { fleetCommand } from "./fleet.ts";
import { importCommand } from "./import.ts";
import { initCommand } from "./init.ts";
import { knockCommand } from "./knock.ts";
import { logCommand } from "./log.ts";
import { manCommand } from "./man.ts";
import { otpCommand } from "./otp.ts";
import { pageCommand } from "./page.ts";
import { profileCommand } from "./profile.ts";
import { replayCommand } from "./replay.ts";
import { revokeCommand } from "./revoke.ts";
import { schemaCommand } from "./schema.ts";
import { serveCommand } from "./serve.ts";
import { serviceCommand } from "./service.ts";
import { watchCommand } from "./watch.ts";

/** Gives the whole command line, for what is made of its words. */
type Program = () => CommandUnknownOpts;

type Make = (program: Program) => CommandUnknownOpts;

const GROUPS: Readonly<Record<string, Readonly<Record<string, Make>>>> = {
  "Set up:": {
    init: initCommand,
    check: checkCommand,
    doctor: doctorCommand,
    enroll: enrollCommand,
    revoke: revokeCommand,
    page: pageCommand,
    firewall: firewallCommand,
    fleet: fleetCommand,
    service: serviceCommand,
    import: importCommand,
  },
  "Run:": {
    serve: serveCommand,
    reload: reloadCommand,
    confirm: confirmCommand,
    close: closeCommand,
    resync: resyncCommand,
  },
  "Ask:": {
    status: statusCommand,
    watch: watchCommand,
    log: logCommand,
    replay: replayCommand,
  },
  "Knock:": {
    knock: knockCommand,
    profile: profileCommand,
    otp: otpCommand,
  },
  "Read:": {
    man: manCommand,
    schema: schemaCommand,
    completions: completionsCommand,
  },
};

/** The subcommand of a name, or all of them where there is none of it. */
export function subcommands(name: string): { group: string; make: Make }[] {
  const all = Object.entries(GROUPS).flatMap(([group, commands]) =>
    Object.entries(commands).map(([own, make]) => ({ own, group, make }))
  );
  const meant = all.filter(({ own }) => own === name);
  return meant.length > 0 ? meant : all;
}
