import { UserError } from "#errors.ts";

/**
 * Why something that was asked for is not done: no pod is called so, it must not be done, RunPod was not
 * seen, or too much is under way.
 */
export type Refusal = "not-found" | "conflict" | "not-seen" | "too-many";

/** Nothing was changed. */
export class Refused extends UserError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string, hint?: string) {
    super(message, hint === undefined ? {} : { hint });
    this.name = "Refused";
    this.refusal = refusal;
  }
}
