import * as z from "zod";
import { hasPlaceholder, joinerIn, scriptFaults } from "#config/scripts.ts";

/** The longest time most settings may have. */
export const daySeconds = 86_400;

/** What may become an argument of a program; the system ends an argument at a NUL. */
export const argument = z
  .string()
  .refine((text) => !text.includes("\0"), "must not hold a NUL character");

/** A program and its arguments; empty, null or absent means none. */
const command = z
  .array(argument)
  .refine((parts) => parts.length === 0 || parts[0] !== "", "must start with a program's name")
  .nullish();

/** A command whose arguments are filled in. */
export const filledCommand = command.superRefine((parts, context) => {
  for (const { at, what } of scriptFaults(parts ?? [])) {
    context.addIssue({ code: "custom", path: [at], message: what, params: { isWhole: true } });
  }
});

/** A filled command that gets words added to its end when it asks for none. */
export const notifyCommand = filledCommand.superRefine((parts, context) => {
  refuseJoiner(hasPlaceholder(parts ?? []) ? [] : (parts ?? []), "the message", context);
});

/** The agent, whose prompt is added to its end. */
export const agentCommand = command.superRefine((parts, context) => {
  refuseJoiner(parts ?? [], "the prompt", context);
});

function refuseJoiner(
  parts: readonly string[],
  added: string,
  context: Pick<z.RefinementCtx, "addIssue">,
): void {
  const joiner = joinerIn(parts);
  if (joiner === undefined) return;
  const what = `must not end in ${joiner}, which would run ${added} as a part of its command. Put a script of your own in its place`;
  context.addIssue({ code: "custom", message: what, params: { isWhole: true } });
}

/** Stands in the object that names a command: that command gets the API key. */
export const passApiKey = z.boolean();

export function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "http:" || url?.protocol === "https:";
}

/** All faults are shown at once, so a rule over several keys does not wait for each to be right. */
export const whateverElseIsWrong = {
  when: ({ value }: { value: unknown }) =>
    typeof value === "object" && value !== null && !Array.isArray(value),
};
