/** Commander's definitions as plain words. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { CommandWords, OperandWords, OptionWords } from "../setup/program_words.ts";
import { defined } from "../core/defined.ts";

/** What a command of commander's says of itself. */
export function commandWords(command: CommandUnknownOpts): CommandWords {
  return {
    name: command.name(),
    description: command.description(),
    operands: command.registeredArguments.map(operandWords),
    options: command.options.filter(({ hidden }) => !hidden).map(optionWords),
    commands: command.commands.map(commandWords),
  };
}

function operandWords(
  operand: CommandUnknownOpts["registeredArguments"][number],
): OperandWords {
  return {
    name: operand.name(),
    optional: !operand.required,
    many: operand.variadic,
    description: operand.description,
    ...defined({ fallback: fallbackOf(operand) }),
  };
}

function optionWords(option: CommandUnknownOpts["options"][number]): OptionWords {
  const [, value] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  return {
    long: option.long ?? option.flags,
    optional: option.optional,
    description: option.description,
    ...defined({ short: option.short, value, fallback: fallbackOf(option) }),
  };
}

function fallbackOf({ defaultValue }: { defaultValue?: unknown }): string | undefined {
  return typeof defaultValue === "string" ? defaultValue : undefined;
}
