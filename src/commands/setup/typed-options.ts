import { UserError } from "#errors.ts";

/** An option as somebody typed it, in their order. */
export interface TypedOption {
  readonly flag: string;
  readonly value: unknown;
}

/** What of a command of commander is needed here. */
interface Parsing {
  readonly options: readonly { readonly name: () => string }[];
  readonly on: (event: string, listener: (value: unknown) => void) => unknown;
}

/** Of each of these groups one can be meant. */
const alternatives: readonly (readonly string[])[] = [
  ["--api-key-file", "--api-key-stdin"],
  ["--protect", "--no-protect"],
  ["--launch", "--no-launch"],
  ["--heartbeat-file", "--heartbeat-env", "--no-heartbeat"],
  ["--page", "--no-page"],
  ["--service", "--no-service"],
];

/** What they say is added up. */
const repeatable: readonly string[] = ["--channel-set"];

/** Fills itself as the command reads its arguments: commander alone keeps only the last word on a thing. */
export function typedOptionsOf(command: Parsing): readonly TypedOption[] {
  const typed: TypedOption[] = [];
  for (const option of command.options) {
    const flag = `--${option.name()}`;
    command.on(`option:${option.name()}`, (value: unknown) => typed.push({ flag, value }));
  }
  return typed;
}

/** Throws a UserError at options that contradict one another: which of them is meant is for people to say. */
export function refuseContradictions(typed: readonly TypedOption[]): void {
  const flags = [...new Set(typed.map(({ flag }) => flag))];
  for (const group of alternatives) {
    const [one, other] = flags.filter((flag) => group.includes(flag));
    if (one !== undefined && other !== undefined) {
      throw new UserError(`${one} and ${other} cannot be used together.`, {
        hint: "Use one of them. Nothing was written.",
      });
    }
  }
  for (const flag of flags.filter((each) => !repeatable.includes(each))) {
    const values = typed.filter((each) => each.flag === flag).map(({ value }) => value);
    if (new Set(values).size > 1) {
      throw new UserError(`${flag} is given ${values.length} times, and not with the same words.`, {
        hint: "Give it once. Nothing was written.",
      });
    }
  }
}
