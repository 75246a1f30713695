import { UserError } from "#errors.ts";
import { hourMs } from "#guard/model/time.ts";
import type { Operations } from "#http/deps.ts";
import type { Links, ReadPodLink } from "./links.ts";
import { markOf } from "./seal.ts";

type Pressed =
  /** Whoever asks for the link is shown how it goes. Undefined: somebody else has begun it. */
  | { readonly kind: "begun"; readonly operationId: string | undefined }
  /** Nothing was done: the button is good still. */
  | { readonly kind: "refused"; readonly message: string; readonly hint: string | undefined };

/** Does what a button is for, once. */
export async function press(
  token: string,
  { link: { action, podId, run, hours }, link }: ReadPodLink,
  links: Pick<Links, "take" | "giveBack" | "note">,
  operations: Pick<Operations, "begin">,
): Promise<Pressed> {
  const taken = await links.take(token, link);
  if (taken.kind !== "taken") return { kind: "begun", operationId: undefined };
  const pressed = markOf(token);
  let operationId: string | undefined;
  let isGivenBack = false;
  // Once: whoever presses it again meanwhile has it.
  const giveBack = async (): Promise<void> => {
    if (isGivenBack) return;
    isGivenBack = true;
    await links.giveBack(pressed, operationId);
  };
  try {
    const forMs = hours === undefined ? undefined : hours * hourMs;
    const by = "in a notification";
    const asked = { action, podId, forMs, run, by, onUndone: giveBack, pressed };
    const { id } = await operations.begin(asked);
    operationId = id;
    links.note(token, { operationId: id, trouble: taken.trouble });
    return { kind: "begun", operationId };
  } catch (error) {
    // What was refused has changed nothing; of any other fault nobody knows.
    if (!(error instanceof UserError)) {
      links.note(token, "elsewhere");
      throw error;
    }
    await giveBack();
    return { kind: "refused", message: error.message, hint: error.hint };
  }
}
