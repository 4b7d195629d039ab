/** knockd(8), from the words of the command line. */

import { type CommandWords, type OptionWords, pathsOf } from "../program_words.ts";
import { definitions, head, literal, page, plain, word } from "./mdoc.ts";

export function knockdPage(program: CommandWords, date: string): string {
  const commands = pathsOf(program).filter(({ path, command }) =>
    path.length > 0 && command.commands.length === 0
  );
  return page([
    ...head("knockd", 8, date, "opens closed ports to whoever knocks right"),
    ".Sh SYNOPSIS",
    ".Nm",
    ".Ar command",
    ".Op Ar options",
    ".Nm",
    ".Op Ar options of knockd 0.8",
    ".Sh DESCRIPTION",
    ".Nm",
    "sees packets to closed ports below the firewall.",
    "Whoever hits the right ports in the right way has a door opened for the address that he",
    "knocked from, and closed again later.",
    "Without a command and with options of knockd 0.8 it runs as that daemon does.",
    ".Sh COMMANDS",
    ...commands.flatMap(({ path, command }) => section(path, command)),
    ".Sh FILES",
    ...definitions([
      ["Pa /etc/knockd/knock.toml", ["The config, see", ".Xr knock.toml 5 ."]],
      ["Pa /etc/knockd.conf", ["The config of knockd 0.8, read as it reads it."]],
      ["Pa /var/lib/knockd", ["What must not be forgotten: spent counters, open doors."]],
      ["Pa /run/knockd.sock", ["The socket that status, close and others talk to."]],
    ]),
    ".Sh EXIT STATUS",
    ...definitions([
      ["0", ["Done."]],
      ["1", ["It failed: the port stayed closed, or the capture broke."]],
      ["2", ["The command line or the config is wrong."]],
    ]),
    "The command lines of knockd 0.8 end with 1 for every failure, as they do there.",
    ".Sh EXAMPLES",
    ...literal([
      "knockd check /etc/knockd/knock.toml",
      "knockd enroll ssh alice --host gate.example.org",
      "knockd serve --trial 300",
    ]),
    ".Sh SEE ALSO",
    ".Xr knock 1 ,",
    ".Xr knock.toml 5 ,",
    ".Xr knockd-protocol 7",
  ]);
}

function section(path: readonly string[], command: CommandWords): string[] {
  const operands = command.operands.map(({ name, optional, many }) => {
    const shown = `Ar ${name}${many ? " ..." : ""}`;
    return optional ? `.Op ${shown}` : `.${shown}`;
  });
  const explained = command.operands.filter(({ description }) => description !== "")
    .map((operand) => [`Ar ${operand.name}`, meaning(operand)] as const);
  const options = command.options.map((option) =>
    [optionTerm(option), meaning(option)] as const
  );
  return [
    `.Ss knockd ${path.join(" ")}`,
    ".Nm",
    `.Cm ${path.join(" ")}`,
    ...operands,
    ...(options.length === 0 ? [] : [".Op Ar options"]),
    ".Pp",
    sentence(command.description),
    ...definitions([...explained, ...options]),
  ];
}

function optionTerm({ short, long, value, optional }: OptionWords): string {
  const shown = value === undefined ? "" : ` Ar ${word(value)}`;
  const takes = optional ? ` Op${shown}` : shown;
  const names = short === undefined ? [long] : [short, long];
  return names.map((name) => `Fl ${word(name.slice(1))}${takes}`).join(" , ");
}

/** What an operand, an option or a key is, and what holds without it. */
export function meaning(
  { description, fallback }: Pick<OptionWords, "description" | "fallback">,
): string[] {
  const without = fallback === undefined ? [] : [`Default: ${plain(fallback)}.`];
  return [sentence(description), ...without];
}

/** A description as a sentence; a page has one sentence a line. */
function sentence(text: string): string {
  const capital = /^[a-z]+[ ,]/.test(text)
    ? text[0]!.toUpperCase() + text.slice(1)
    : text;
  return plain(/[.!?]\)?$/.test(capital) ? capital : `${capital}.`);
}
