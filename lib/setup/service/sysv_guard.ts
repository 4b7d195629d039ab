/** A script for System V's init that shuts the kernel's doors before the network is there. */

import { GUARD_DIRECTORY, guardCommand } from "./guard_command.ts";
import type { Service } from "./service.ts";

export const SYSV_GUARD_PATH = "/etc/init.d/knockd-guard";

export function sysvGuard(service: Service): string {
  return `#!/bin/sh
### BEGIN INIT INFO
# Provides:          knockd-guard
# Required-Start:    $local_fs
# Required-Stop:
# Should-Start:      kmod nftables iptables
# X-Start-Before:    networking
# Default-Start:     S
# Default-Stop:
# Short-Description: guard of port-knock doors
### END INIT INFO

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

case "$1" in
start | restart | force-reload)
	umask 077
	mkdir -p ${GUARD_DIRECTORY} || exit 1
	${guardCommand(service)} >/dev/null
	;;
# Only "knockd firewall down" opens the ports.
stop) ;;
status)
	${service.program} firewall status --config ${service.config}
	;;
*)
	echo "usage: $0 {start|stop|restart|force-reload|status}" >&2
	exit 2
	;;
esac
`;
}
