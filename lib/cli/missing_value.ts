/** Options whose value was forgotten, so that the next option is taken for it. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/**
 * The option whose value is another option of the same command, as in `--open --host h`;
 * `undefined` where there is none.
 */
export function withoutValue(
  program: CommandUnknownOpts,
  args: readonly string[],
): string | undefined {
  let command = program;
  for (const [index, word] of args.entries()) {
    if (word === "--") return undefined;
    command = command.commands.find((child) => child.name() === word) ?? command;
    const option = command.options.find(({ short, long }) =>
      word === short || word === long
    );
    const next = args[index + 1];
    const isLong = command.options.some(({ long }) =>
      long !== undefined && long === next
    );
    if (option?.required && isLong) return option.flags;
  }
  return undefined;
}
