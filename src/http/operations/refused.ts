import { UserError } from "#errors.ts";

/**
 * Why something that was asked for is not done: no pod has that id, it must not be done, it cannot be done
 * now, or too much is under way.
 */
export type Refusal = "not-found" | "conflict" | "unavailable" | "too-many";

/** Nothing was changed. */
export class Refused extends UserError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string, hint?: string) {
    super(message, hint === undefined ? {} : { hint });
    this.name = "Refused";
    this.refusal = refusal;
  }
}

/** What a command would refuse with is refused here too, in the same words. Throws all else as it is. */
export function asRefused(error: unknown, refusal: Refusal): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof UserError) return new Refused(refusal, error.message, error.hint);
  throw error;
}
