/**
 * A unit that shuts the kernel's doors before the network is there, whether or not the
 * daemon starts.
 */

import { guardCommand } from "./guard_command.ts";
import type { Service } from "./service.ts";
import { NAMED } from "./unit_parts.ts";

export const GUARD_UNIT_PATH = "/etc/systemd/system/knockd-guard.service";

export function guardUnit(service: Service): string {
  return `# Shuts the ports of knockd's doors before there is a network, and leaves them shut:
# only "knockd firewall down" takes the table away.

[Unit]
Description=Guard of port-knock doors
DefaultDependencies=no
# What loads rulesets of its own flushes them first.
After=local-fs.target systemd-modules-load.service nftables.service
RequiresMountsFor=/var/cache /var/lib ${service.config}
Before=network-pre.target knockd.service shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${guardCommand(service)}
${NAMED}
# What it shuts where the config is broken: the ports of the last one that was not.
StateDirectory=knockd-guard
StateDirectoryMode=0700

# Where the self-extracting form unpacks.
CacheDirectory=knockd
CacheDirectoryMode=0700
UMask=0077

# Root, for the config and its secrets, with the right to change the firewall alone.
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_NETLINK
ProtectSystem=strict
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes

[Install]
WantedBy=sysinit.target
`;
}
