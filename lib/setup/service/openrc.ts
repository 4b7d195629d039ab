/** A service script for OpenRC. */

import type { Service } from "./service.ts";

export const OPENRC_SCRIPT_PATH = "/etc/init.d/knockd";

export function openrcScript({ program, config }: Service): string {
  return `#!/sbin/openrc-run

name="knockd"
description="Port-knock daemon"
extra_started_commands="reload"
description_reload="Read the config again"

supervisor="supervise-daemon"
command="${program}"
command_args="serve --config ${config}"
required_files="${config}"
# What it says, unless its config sends that elsewhere.
error_log="/var/log/knockd.log"
# A daemon that gave up would lock its owner out.
respawn_delay=2
respawn_max=0
# When told to stop it closes its doors.
retry="TERM/120/KILL/5"

depend() {
	# Closing what an earlier run left open takes the firewall's sets and chains.
	after net firewall nftables iptables ip6tables
	use logger
}

check() {
	"$command" check --config "${config}" >/dev/null
}

start_pre() {
	checkpath --directory --owner root:root --mode 0700 /var/lib/knockd /var/cache/knockd
	check
}

stop_pre() {
	# What is open stays open rather than that nobody listens.
	[ "$RC_CMD" != restart ] || check
}

reload() {
	ebegin "Reloading $name"
	# A log that was rotated is opened anew, whatever the config is like.
	supervise-daemon "$RC_SVCNAME" --signal HUP && check
	eend $?
}
`;
}
