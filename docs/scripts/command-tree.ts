import type { Command } from "commander";
import { createProgram } from "#program.ts";
import type { Context } from "#terminal/context.ts";

export interface DocumentedCommand {
  readonly name: string;
  /** `runpodboss stop [options] [pod...]`. */
  readonly usage: string;
  readonly description: string;
  readonly parts: readonly DocumentedPart[];
}

/** An argument or an option. */
interface DocumentedPart {
  readonly term: string;
  readonly description: string;
}

// Nothing of it is run: only what it says of itself is read.
const program: Command = createProgram({} as Context, () => undefined);
const help = program.createHelp();

/** Those of a group one by one: `notify test`. */
export const commands: readonly DocumentedCommand[] = namedBelow(program, "").map(
  ([name, command]) => ({
    name,
    usage: `runpodboss ${name} ${command.usage()}`.trim(),
    description: command.description(),
    parts: [
      ...help.visibleArguments(command).map((argument) => ({
        term: help.argumentTerm(argument),
        description: help.argumentDescription(argument),
      })),
      ...optionsOf(command).filter(({ term }) => !term.includes("--help")),
    ],
  }),
);

function namedBelow(parent: Command, before: string): readonly (readonly [string, Command])[] {
  return help
    .visibleCommands(parent)
    .filter((command) => command.name() !== "help")
    .flatMap((command) => {
      const name = `${before}${command.name()}`;
      return command.commands.length === 0
        ? [[name, command] as const]
        : namedBelow(command, `${name} `);
    });
}

/** What stands before or after any command. */
export const globalOptions: readonly DocumentedPart[] = optionsOf(program);

export const programDescription = program.description();

function optionsOf(command: Command): readonly DocumentedPart[] {
  return help.visibleOptions(command).map((option) => ({
    term: help.optionTerm(option),
    description: help.optionDescription(option),
  }));
}
