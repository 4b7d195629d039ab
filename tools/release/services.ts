/** The services of a package, from those that `knockd service` makes. */

import { guardUnit } from "../../lib/setup/service/guard.ts";
import { GUARD_RULESET } from "../../lib/setup/service/guard_command.ts";
import { systemdUnit } from "../../lib/setup/service/systemd.ts";
import { sysvScript } from "../../lib/setup/service/sysv.ts";

const SERVE = "/usr/lib/knockd/serve";
const SERVICE = {
  program: "/usr/bin/knockd",
  config: "/etc/knockd/knock.toml",
  // What configs of knockd 0.8 name as their log.
  writable: ["/var/log"],
  isGuarded: true,
  givesSocketAway: true,
};

/** There is nothing to serve until somebody has written a config. */
const CONFIGURED = `Documentation=man:knockd(8) man:knock.toml(5)
ConditionPathExists=|/etc/knockd/knock.toml
ConditionPathExists=|/etc/knockd.conf
`;

/** A config that is gone does not open the ports. */
const WAS_CONFIGURED = `ConditionFileNotEmpty=|${GUARD_RULESET}\n`;

/**
 * knockd.service: by either config, with the options of /etc/default/knockd. These may name
 * another config, so that the daemon is found by none.
 */
export function packagedUnit(): string {
  return edit(systemdUnit(SERVICE), [
    [/^Description=.*\n/m, (line) => line + CONFIGURED],
    [/^ExecReload=.*$/m, () => `ExecReload=+${SERVICE.program} reload`],
    [/^ExecStart=.*$/m, () => `EnvironmentFile=-/etc/default/knockd\nExecStart=${SERVE}`],
  ]);
}

/** knockd-guard.service. */
export function packagedGuard(): string {
  return edit(guardUnit(SERVICE), [
    [/^Description=.*\n/m, (line) => line + CONFIGURED + WAS_CONFIGURED],
    [
      /^RequiresMountsFor=.*$/m,
      () => "RequiresMountsFor=/var/cache /var/lib /etc/knockd",
    ],
    [/^ExecStart=.*$/m, () => `ExecStart=${SERVE} guard`],
  ]);
}

/** /etc/init.d/knockd. */
export function packagedScript(): string {
  return edit(sysvScript(SERVICE), [
    [/^CONFIG=.*\n/m, (line) => `${line}[ -e "$CONFIG" ] || CONFIG=/etc/knockd.conf\n`],
    [
      /^test_program=.*$|^# START_KNOCKD=0/m,
      (line) =>
        `# What is left of a package that is removed starts nothing.
[ -x "$DAEMON" ] || exit 0

${line}`,
    ],
    [
      /^start\(\) \{\n/m,
      (line) =>
        `${line}\t[ -e "$CONFIG" ] || { echo "knockd: not started, no $CONFIG"; return 0; }\n`,
    ],
  ]);
}

type Edit = readonly [pattern: RegExp, change: (found: string) => string];

/** Throws where the text is not as it was. */
function edit(text: string, edits: readonly Edit[]): string {
  for (const [pattern, change] of edits) {
    if (!pattern.test(text)) throw new Error(`no ${pattern} in a service file`);
    text = text.replace(pattern, change);
  }
  return text;
}
