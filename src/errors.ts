/** Exit codes are part of the interface: scripts and service managers read them. */
export const exitCodes = {
  done: 0,
  bug: 1,
  /** A pod could not be proven stopped. */
  unproven: 1,
  /** The balance would not last for what was asked about. */
  wouldNotLast: 1,
  refused: 2,
  cancelled: 3,
  interrupted: 130,
} as const;

/**
 * A fault that the user can fix: shown as one message and a hint, never with a stack.
 * Everything else that reaches the top is a bug of ours.
 */
export class UserError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "UserError";
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.refused;
  }
}

/** The words of anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where it was thrown, for a bug of ours. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
