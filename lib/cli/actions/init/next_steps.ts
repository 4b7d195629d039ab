/** What to do once `knockd init` is through: on the server, and on the client. */

import type { PortRange } from "../../../core/firewall/kernel_ports.ts";
import { printError } from "../../terminal.ts";

/** A knock, and what shows that the door is open. */
export function knockLine(host: string, opened: readonly PortRange[]): string {
  const knock = `knockd knock ${host} --otp`;
  const port = opened.find(({ protocol }) => protocol === "tcp")?.first;
  if (port === undefined) return knock;
  return port === 22 ? `${knock} && ssh ${host}` : `${knock} --wait-port ${port}`;
}

/** Prints what is left to do: the trial, the knock, and what has it start for good. */
export function showNext(
  knock: string,
  own: string,
  { isNew, start }: { isNew: boolean; start: readonly string[] },
): void {
  const lines = [
    "",
    "Now, and keep this session:",
    `    knockd serve${own} --trial 300`,
    "On the client:",
    ...(isNew
      ? ["    knockd profile add            # and paste the otpauth:// line"]
      : []),
    `    ${knock}`,
    "Are you in? Then end the trial here (Ctrl-C), and have it start with the machine:",
    ...start.map((line) => `    ${line}`),
  ];
  for (const line of lines) printError(line);
}
