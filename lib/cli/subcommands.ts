/**
 * The subcommands, in the groups that help lists them in; each is loaded when it is needed.
 */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** Gives the whole command line, for what is made of its words. */
type Program = () => Promise<CommandUnknownOpts>;

type Load = (program: Program) => Promise<CommandUnknownOpts>;

const GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  "Set up:": {
    init: async () => (await import("./init.ts")).initCommand(),
    check: async () => (await import("./check.ts")).checkCommand(),
    doctor: async () => (await import("./doctor.ts")).doctorCommand(),
    enroll: async () => (await import("./enroll.ts")).enrollCommand(),
    revoke: async () => (await import("./revoke.ts")).revokeCommand(),
    page: async () => (await import("./page.ts")).pageCommand(),
    firewall: async () => (await import("./firewall.ts")).firewallCommand(),
    fleet: async () => (await import("./fleet.ts")).fleetCommand(),
    service: async () => (await import("./service.ts")).serviceCommand(),
    import: async () => (await import("./import.ts")).importCommand(),
  },
  "Run:": {
    serve: async () => (await import("./serve.ts")).serveCommand(),
    reload: async () => (await import("./control.ts")).reloadCommand(),
    confirm: async () => (await import("./control.ts")).confirmCommand(),
    close: async () => (await import("./control.ts")).closeCommand(),
    resync: async () => (await import("./control.ts")).resyncCommand(),
  },
  "Ask:": {
    status: async () => (await import("./control.ts")).statusCommand(),
    watch: async () => (await import("./watch.ts")).watchCommand(),
    log: async () => (await import("./log.ts")).logCommand(),
    replay: async () => (await import("./replay.ts")).replayCommand(),
  },
  "Knock:": {
    knock: async () => (await import("./knock.ts")).knockCommand(),
    profile: async () => (await import("./profile.ts")).profileCommand(),
    otp: async () => (await import("./otp.ts")).otpCommand(),
  },
  "Read:": {
    man: async (program) => (await import("./man.ts")).manCommand(program),
    schema: async () => (await import("./schema.ts")).schemaCommand(),
    completions: async (program) =>
      (await import("./completions.ts")).completionsCommand(program),
  },
};

/** The subcommand of a name, or all of them where there is none of it. */
export function subcommands(name: string): { group: string; load: Load }[] {
  const all = Object.entries(GROUPS).flatMap(([group, commands]) =>
    Object.entries(commands).map(([own, load]) => ({ own, group, load }))
  );
  const meant = all.filter(({ own }) => own === name);
  return meant.length > 0 ? meant : all;
}
