/** What starts the daemon on this machine. */

/** Where systemd looks for its unit. */
const UNITS = ["/etc", "/lib", "/usr/lib"].map((root) =>
  `${root}/systemd/system/knockd.service`
);

/** The command that starts it as its service, where it has one. */
export function startCommand(exists: (path: string) => boolean): string {
  if (exists("/run/systemd/system")) {
    return UNITS.some(exists) ? "systemctl start knockd" : "knockd serve";
  }
  return exists("/etc/init.d/knockd") ? "service knockd start" : "knockd serve";
}
