import type { OperationAnswer } from "#http/contract/operation.ts";

/** What came of asking the daemon. */
export type Sent =
  | { readonly kind: "begun"; readonly operation: OperationAnswer }
  | { readonly kind: "refused"; readonly error: string; readonly hint: string | null }
  /** It may have been carried out. */
  | { readonly kind: "unanswered"; readonly because: string }
  | { readonly kind: "logged-out" };
