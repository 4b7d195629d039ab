/**
 * A unit for systemd 247 and later.
 *
 * @module
 */
import type { Service } from "./service.ts";

/** Where the unit belongs. */
export const SYSTEMD_UNIT_PATH = "/etc/systemd/system/knockd.service";

/** The ports are shut before the daemon starts, and stay so without it. */
const GUARDED = "Wants=knockd-guard.service\nAfter=knockd-guard.service\n";

/** The unit. */
export function systemdUnit(service: Service): string {
  const { program, config, writable, givesSocketAway, isGuarded } = service;
  const capabilities = ["CAP_NET_RAW", "CAP_NET_ADMIN"];
  if (givesSocketAway) capabilities.push("CAP_CHOWN");
  const atHome = [program, config, ...writable].some((path) =>
    /^\/(home|root|run\/user)(\/|$)/.test(path)
  );
  return `# The doors' commands run under these rules, too. What they need beyond them goes into a
# drop-in: systemctl edit knockd

[Unit]
Description=Port-knock daemon
# Closing what an earlier run left open takes the firewall's sets and chains.
After=network.target nftables.service netfilter-persistent.service
After=ufw.service firewalld.service
${isGuarded ? GUARDED : ""}# A daemon that gave up would lock its owner out.
StartLimitIntervalSec=0

[Service]
# Ready when an interface hears; "systemctl status knockd" says what it waits for.
Type=notify
NotifyAccess=main
TimeoutStartSec=infinity
ExecStart=${program} serve --config ${config}
ExecReload=/bin/kill -HUP $MAINPID
WatchdogSec=30
Restart=on-failure
RestartSec=2
# 2 is a config that is wrong: starting again does not mend it.
RestartPreventExitStatus=2

# When told to stop it closes its doors, by commands that must not be stopped themselves.
KillMode=mixed
TimeoutStopSec=120

# What is open and what is spent; and where the self-extracting form unpacks.
StateDirectory=knockd
StateDirectoryMode=0700
CacheDirectory=knockd
CacheDirectoryMode=0700
UMask=0077

# Root, for the files of the config and for firewalls that ask for it, with the rights to
# hear packets and to change the firewall, and no others: not to load modules, to read
# other users' files or to become them.
CapabilityBoundingSet=${capabilities.join(" ")}
NoNewPrivileges=yes

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

# /run has the control socket and iptables' lock.
ProtectSystem=strict
ReadWritePaths=${writablePaths(writable)}
ProtectHome=${atHome ? "read-only" : "yes"}
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
PrivateDevices=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
`;
}

/** A directory that is not there yet is no reason not to start. */
function writablePaths(writable: readonly string[]): string {
  return ["/run", ...writable.filter((path) => path !== "/run").map((path) => `-${path}`)]
    .join(" ");
}
