/** What is to be typed once units are where they belong. */

/**
 * The commands that put units into force. Starting what runs already changes nothing: a
 * program of before would go on, and the guard shut ports that it never opens. A restart
 * has systemd end it first, then start the guard that the new unit wants.
 */
export function systemdSteps(units: readonly string[], isRunning: boolean): string[] {
  const names = units.join(" ");
  return [
    "systemctl daemon-reload",
    ...(isRunning
      ? [`systemctl enable ${names}`, "systemctl restart knockd"]
      : [`systemctl enable --now ${names}`]),
  ];
}

/** Whether a unit runs, by what `systemctl is-active` says; one that waits or ends does. */
export function isUnderWay(said: string): boolean {
  return /^(active|activating|deactivating|reloading|refreshing)$/.test(said.trim());
}
