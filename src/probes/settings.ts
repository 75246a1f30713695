/** What the config says of how a pod is asked whether it is at work. */
export interface ProbeSettings {
  /** A template; empty: none. */
  readonly activityCommand: readonly string[];
  /** Whether it gets the API key. */
  readonly activityPassesKey?: boolean;
  readonly activityMetrics: readonly ActivityMetric[];
}

export interface ActivityMetric {
  /** A template. */
  readonly url: string;
  readonly metric: string;
  readonly activeWhen:
    { readonly kind: "above"; readonly above: number } | { readonly kind: "increases" };
}
