/** A service script for System V's init, as Debian's, Devuan's and antiX's. */

import type { Service } from "./service.ts";

/** Where the script belongs: in the place of the one of Debian's package. */
export const SYSV_SCRIPT_PATH = "/etc/init.d/knockd";

/**
 * The script. It goes by the PID file and its lock: `start-stop-daemon --exec`, as Debian's
 * script has it, looks for a process that runs the file itself, and the self-extracting
 * form runs what it unpacked.
 */
export function sysvScript(
  { program, config }: Pick<Service, "program" | "config">,
): string {
  return `#!/bin/sh
### BEGIN INIT INFO
# Provides:          knockd
# Required-Start:    $network $syslog $remote_fs
# Required-Stop:     $network $syslog $remote_fs
# Should-Start:      nftables iptables
# Should-Stop:       nftables iptables
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: port-knock daemon
### END INIT INFO

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
DAEMON="${program}"
CONFIG="${config}"
PIDFILE=/run/knockd.pid

# START_KNOCKD=0 keeps it from being started; KNOCKD_OPTS are more options, as -i eth1.
[ ! -r /etc/default/knockd ] || . /etc/default/knockd

# The daemon holds a lock on its PID file. One without is stale, and its number may be any
# other program's by now.
running() {
	[ -f "$PIDFILE" ] && ! flock --nonblock "$PIDFILE" true
}

signal() {
	start-stop-daemon --stop --oknodo --quiet --pidfile "$PIDFILE" "$@"
}

# What it says, unless the config sends that elsewhere: in the background it has no output.
log() {
	grep -Eqi '^[[:space:]]*(log_?file|use_?syslog[[:space:]]*(=[[:space:]]*true|$))' "$CONFIG" ||
		echo "-g /var/log/knockd.log"
}

start() {
	[ "\${START_KNOCKD:-1}" = 1 ] || { echo "knockd: not started, see /etc/default/knockd"; return 0; }
	running || "$DAEMON" -d -c "$CONFIG" -p "$PIDFILE" $(log) $KNOCKD_OPTS
}

# When told to stop it closes its doors.
stop() {
	running || return 0
	signal --retry TERM/120/KILL/5
}

# The daemon goes on with what it has, and here it is said why.
check() {
	"$DAEMON" check --config "$CONFIG" >/dev/null || exit 1
}

case "$1" in
start) start ;;
stop) stop ;;
restart)
	# What is open stays open rather than that nobody listens.
	check
	stop && start
	;;
reload | force-reload)
	running || { echo "knockd: not running" >&2; exit 7; }
	# A log that was rotated is opened anew, whatever the config is like.
	signal --signal HUP
	check
	;;
status)
	if running; then echo "knockd: running, process $(cat "$PIDFILE")"; exit 0; fi
	echo "knockd: not running"
	[ ! -f "$PIDFILE" ] || exit 1
	exit 3
	;;
*)
	echo "usage: $0 {start|stop|restart|reload|force-reload|status}" >&2
	exit 2
	;;
esac
`;
}
