import type { Answer } from "#requests/answer.ts";

/** What an answer says: the message is taken, or why not. */
export type Reading =
  | { readonly kind: "taken"; readonly answer: string }
  | {
      readonly kind: "failed";
      readonly because: string;
      readonly waitMs?: number | undefined;
      readonly isRefused: boolean;
    };

/** Of 4xx, those that may be gone at the next try: too slow, too early, too often. */
const passing: readonly number[] = [408, 425, 429];

export type Json = Readonly<Record<string, unknown>>;

/** The object that an answer holds; undefined where it holds anything else. */
export function jsonOf({ text }: Answer): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

export function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

export function taken({ status }: Answer, words = ""): Reading {
  return { kind: "taken", answer: joined(`HTTP ${status}`, words) };
}

interface Failure {
  /** The service's own words, where the answer has any. */
  readonly words?: unknown;
  /** What its body asks to wait, beside the header. */
  readonly waitSeconds?: unknown;
  /** Undefined: by the status. */
  readonly isRefused?: boolean | undefined;
  /** Whose answer it should have been. */
  readonly service: string;
}

export function failed(
  answer: Answer,
  { words, waitSeconds, isRefused, service }: Failure,
): Reading {
  const { status, retryAfterMs } = answer;
  const isWords = typeof words === "string" && words.trim() !== "";
  const said = isWords ? words : unlikely(answer, service);
  const inBodyMs =
    typeof waitSeconds === "number" && waitSeconds > 0 ? Math.ceil(waitSeconds * 1_000) : 0;
  const waitMs = Math.max(retryAfterMs ?? 0, inBodyMs);
  return {
    kind: "failed",
    because: joined(`HTTP ${status}`, isRedirect(answer) ? redirectWords(answer) : said),
    ...(waitMs > 0 && { waitMs }),
    isRefused: isRefused ?? isRefusal(status),
  };
}

/** No redirect is followed: what is sent goes nowhere but where the config says. */
function redirectWords({ status, location = "" }: Answer): string {
  const origin = URL.canParse(location) ? ` to ${new URL(location).origin}` : "";
  return isLasting(status)
    ? `it has moved${origin}: write the new address into the config`
    : `it sends on${origin}, which is not followed`;
}

function isLasting(status: number): boolean {
  return status === 301 || status === 308;
}

function isRefusal(status: number): boolean {
  return isLasting(status) || (status >= 400 && status < 500 && !passing.includes(status));
}

function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400;
}

/** A page of a proxy or of a hotel's network says nothing that helps. */
function unlikely(answer: Answer, service: string): string {
  if (!isGood(answer)) return "";
  return `this is no answer of ${service}: ${answer.type.split(";")[0] ?? ""}`;
}

/** Neither cut nor without secrets yet: what is cut first may leave a piece of one. */
function joined(status: string, words: string): string {
  return words.trim() === "" ? status : `${status}: ${words}`;
}
