import type { WishedAnswer } from "#http/contract/ahead.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";

/** What came of asking the daemon. */
export type Answered<Body> =
  | { readonly kind: "answered"; readonly body: Body }
  | { readonly kind: "refused"; readonly error: string; readonly hint: string | null }
  /** It may have been carried out. */
  | { readonly kind: "unanswered"; readonly because: string }
  | { readonly kind: "logged-out" };

export type Sent = Answered<OperationAnswer>;

/** A wish about a schedule or a budget that a button has opened, and what has become of it. */
export interface Wish {
  readonly kind: "skip" | "unfreeze";
  readonly name: string;
  readonly is: { readonly kind: "asking" | "sending" } | Answered<WishedAnswer>;
}
