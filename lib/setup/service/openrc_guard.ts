/** A script for OpenRC that shuts the kernel's doors before the network is there. */

import { GUARD_DIRECTORY, guardCommand } from "./guard_command.ts";
import type { Service } from "./service.ts";

export const OPENRC_GUARD_PATH = "/etc/init.d/knockd-guard";

export function openrcGuard(service: Service): string {
  return `#!/sbin/openrc-run

name="knockd-guard"
description="Guard of port-knock doors: only \\"knockd firewall down\\" opens their ports"

depend() {
	# Debian has no localmount: it mounts before this runlevel.
	after localmount
	# What loads rulesets of its own flushes them first.
	after modules nftables iptables ip6tables
	before net knockd
}

start() {
	ebegin "Shutting the ports of port-knock doors"
	checkpath --directory --owner root:root --mode 0700 ${GUARD_DIRECTORY} /var/cache/knockd
	${guardCommand(service)} >/dev/null
	eend $?
}
`;
}
