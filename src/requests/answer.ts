export interface ExchangeLimits {
  /** For the whole exchange, the last byte of the answer included. */
  readonly timeLimitMs: number;
  readonly maxBytes: number;
}

export interface Asked {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gets a good answer's body piece by piece, in place of `text`; the next piece waits for it. */
  readonly onPiece?: ((piece: Buffer) => Promise<void>) | undefined;
  /** What it is part of, for the words of an interruption: `poll`. */
  readonly partOf: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Where it says that the page has moved. */
  readonly location?: string | undefined;
  /** How long a 429 or 503 asks to be left alone: 0 when a 429 does not say. */
  readonly retryAfterMs: number | undefined;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One request and its whole answer, whatever its status. Throws a TransportError. */
export type HttpRequest = (url: URL, asked: Asked, limits: ExchangeLimits) => Promise<Answer>;

/**
 * No usable answer. `status` is undefined when the connection broke before the end of the answer;
 * `headStatus` is what the head said, if that had come by then.
 */
export class TransportError extends Error {
  readonly status: number | undefined;
  readonly headStatus: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      status?: number;
      headStatus?: number | undefined;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "TransportError";
    this.status = options.status;
    this.headStatus = options.headStatus ?? options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}
