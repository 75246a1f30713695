/** What one probe found out. */
export type Finding =
  | { readonly kind: "active"; readonly because: string }
  | { readonly kind: "quiet" }
  | { readonly kind: "failed"; readonly because: string }
  | { readonly kind: "interrupted" };

export interface ProbedPod {
  readonly podId: string;
  readonly podName: string;
}
