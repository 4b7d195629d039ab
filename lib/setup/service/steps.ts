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

/**
 * What has to be typed before a script of System V's init starts anything, by the text of
 * /etc/default/knockd: as Debian's package leaves that, the guard would shut ports that
 * nobody opens.
 */
export function sysvSwitch(defaults: string): string[] {
  const values = [...defaults.matchAll(/^ *START_KNOCKD=["']?(\w*)/gm)];
  const value = values.at(-1)?.[1] ?? "";
  if (value === "" || value === "1") return [];
  return ["sed -i 's/^ *START_KNOCKD=.*/START_KNOCKD=1/' /etc/default/knockd"];
}

/** Whether a unit runs, by what `systemctl is-active` says; one that waits or ends does. */
export function isUnderWay(said: string): boolean {
  return /^(active|activating|deactivating|reloading|refreshing)$/.test(said.trim());
}
