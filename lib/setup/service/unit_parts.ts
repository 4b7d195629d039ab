/** What every systemd unit of the daemon has in common. */

import type { Service } from "./service.ts";

/** The ports are shut before the daemon starts, and stay so without it. */
const GUARDED = "Wants=knockd-guard.service\nAfter=knockd-guard.service\n";

/** What the unit is and what it comes after. */
export function unitSection({ isGuarded }: Pick<Service, "isGuarded">): string {
  return `[Unit]
Description=Port-knock daemon
# Closing what an earlier run left open takes the firewall's sets and chains.
After=network.target nftables.service netfilter-persistent.service
After=ufw.service firewalld.service
${isGuarded ? GUARDED : ""}# A daemon that gave up would lock its owner out.
StartLimitIntervalSec=0
`;
}

/** What fail2ban, rsyslog and `journalctl -t` look for, whatever file is executed. */
export const NAMED = "SyslogIdentifier=knockd\n";

/** How it starts, reloads and ends. */
export function lifeOf({ program, config }: Pick<Service, "program" | "config">): string {
  return `# Ready when an interface hears. One that is missing is waited for, for as long as it
# takes: "systemctl status knockd" says which. Anything else may take so long at most.
Type=notify
NotifyAccess=main
TimeoutStartSec=90
# With full rights, and it fails when the config is wrong.
ExecReload=+${program} reload --config ${config}
${NAMED}WatchdogSec=30
Restart=on-failure
RestartSec=2
# 2 is a config that is wrong: starting again does not mend it.
RestartPreventExitStatus=2
`;
}

/** What no daemon of ours needs, whatever its doors do. */
export const HARDENING = `NoNewPrivileges=yes

# V8 makes memory executable that it has written, so MemoryDenyWriteExecute would end it;
# it keeps that memory apart by protection keys, hence @pkey.
SystemCallFilter=@system-service @pkey
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
LimitCORE=0

ProtectSystem=strict
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
PrivateDevices=yes
PrivateTmp=yes
`;
