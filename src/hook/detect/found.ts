/** What of RunPod's would begin to cost money. */
export type Started = "pod" | "cluster" | "endpoint" | "something";

/** What could be read of the command's own arguments, for the command to use instead. */
export interface Asked {
  readonly gpu?: string;
  readonly image?: string;
  readonly name?: string;
}

/** Something that a command or a call creates or starts at RunPod. */
export interface Found {
  readonly kind: "creates" | "starts";
  readonly what: Started;
  /** Of what exists and is started; unknown where the command does not say it in so many words. */
  readonly podId?: string;
  readonly asked?: Asked;
  /** A sentence without its full stop. */
  readonly because: string;
}
