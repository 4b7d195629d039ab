/** A unit for systemd 247 and later, of a daemon whose doors run commands. */

import type { Service } from "./service.ts";
import { HARDENING, lifeOf, unitSection } from "./unit_parts.ts";

export const SYSTEMD_UNIT_PATH = "/etc/systemd/system/knockd.service";

/**
 * The unit.
 *
 * @param whyRoot what it takes root for, besides what commands may ask for
 */
export function systemdUnit(service: Service, whyRoot?: string): string {
  const { program, config, writable, givesSocketAway } = service;
  const capabilities = ["CAP_NET_RAW", "CAP_NET_ADMIN"];
  if (givesSocketAway) capabilities.push("CAP_CHOWN");
  const atHome = [program, config, ...writable].some((path) =>
    /^\/(home|root|run\/user)(\/|$)/.test(path)
  );
  return `# The doors' commands run under these rules, too. What they need beyond them goes into a
# drop-in: systemctl edit knockd

${unitSection(service)}
[Service]
ExecStart=${program} serve --config ${config}
${lifeOf(service)}
# When told to stop it closes its doors, by commands that must not be stopped themselves.
KillMode=mixed
TimeoutStopSec=120

# What is open and what is spent; where the self-extracting form unpacks; a log_file in
# /var/log/knockd. They become root's where a daemon with a user of its own had them.
StateDirectory=knockd
StateDirectoryMode=0700
CacheDirectory=knockd
CacheDirectoryMode=0700
LogsDirectory=knockd
LogsDirectoryMode=0750
UMask=0077

${rootBecause(whyRoot)}
CapabilityBoundingSet=${capabilities.join(" ")}
${HARDENING}ProtectHome=${atHome ? "read-only" : "yes"}
# /run has the control socket and iptables' lock.
ReadWritePaths=${writablePaths(writable)}

[Install]
WantedBy=multi-user.target
`;
}

function rootBecause(why: string | undefined): string {
  return why === undefined
    ? `# Root, for the files of the config and for firewalls that ask for it, with the rights to
# hear packets and to change the firewall, and no others: not to load modules, to read
# other users' files or to become them.`
    : `# Root, and not a user of its own, because ${why}; with the
# rights to hear packets and to change the firewall, and no others.`;
}

/** A directory that is not there yet is no reason not to start. */
function writablePaths(writable: readonly string[]): string {
  return ["/run", ...writable.filter((path) => path !== "/run").map((path) => `-${path}`)]
    .join(" ");
}
