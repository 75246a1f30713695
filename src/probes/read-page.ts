import { version } from "#package.json";
import { type Answer, type ExchangeLimits, TransportError } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import type { Budget } from "./budget.ts";
import { createMetricsReader, type MetricsReader } from "./metrics-reader.ts";

/** `host` is all of its URL that may be told: the rest may hold secrets. */
export type Page =
  | { readonly kind: "read"; readonly host: string; readonly value: MetricsReader["value"] }
  | { readonly kind: "failed"; readonly host: string; readonly because: string }
  | { readonly kind: "interrupted" };

export interface PageLimits extends ExchangeLimits {
  /** In bytes, and in milliseconds of work; both shared by all pages of all pods. */
  readonly reading?: Budget;
  readonly working?: Budget;
}

const moved: readonly number[] = [301, 302, 307, 308];
const mostMoves = 3;

/** Reads a page once for the metrics of these names; where it moved on the same host, there. Never throws. */
export async function readPage(
  address: string,
  names: readonly string[],
  limits: PageLimits,
  signal: AbortSignal,
): Promise<Page> {
  const asked = urlOf(address);
  if (asked === undefined) {
    return { kind: "failed", host: "no host", because: "its url is not valid for this pod" };
  }
  const { host } = asked;
  const failed = (because: string): Page => ({ kind: "failed", host, because });
  const metrics = createMetricsReader(names);
  const deadlineMs = performance.now() + limits.timeLimitMs;
  let url = asked;
  try {
    for (let moves = 0; ; moves += 1) {
      const timeLimitMs = Math.max(1, deadlineMs - performance.now());
      const answer = await ask(url, metrics, { ...limits, timeLimitMs }, signal);
      if (answer.status === 200) break;
      const target = targetOf(answer, url);
      if (target === undefined) return failed(`HTTP ${answer.status}`);
      if (!moved.includes(answer.status) || !isSameHost(target, url)) {
        return failed(`HTTP ${answer.status}, moved to ${target.protocol}//${target.host}`);
      }
      if (moves === mostMoves) return failed(`moved more than ${mostMoves} times`);
      url = target;
    }
  } catch (error) {
    if (signal.aborted) return { kind: "interrupted" };
    if (performance.now() >= deadlineMs) {
      return failed(`no complete answer within ${limits.timeLimitMs / 1000} s`);
    }
    // Any other error is about the URL and may quote it.
    return failed(error instanceof TransportError ? error.message : "its url cannot be used");
  }
  metrics.end();
  return { kind: "read", host, value: metrics.value };
}

function ask(
  url: URL,
  metrics: MetricsReader,
  limits: PageLimits,
  signal: AbortSignal,
): Promise<Answer> {
  const onPiece = async (piece: Buffer): Promise<void> => {
    await limits.reading?.(piece.byteLength);
    // Some pages take far longer to read than others of that length.
    const beganAtMs = performance.now();
    metrics.take(piece);
    await limits.working?.(performance.now() - beganAtMs);
  };
  const headers = { "user-agent": `runpodboss/${version}` };
  return exchange(url, { headers, signal, onPiece, partOf: "probe" }, limits);
}

function urlOf(address: string, base?: string): URL | undefined {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  return url !== undefined && ["http:", "https:"].includes(url.protocol) ? url : undefined;
}

/** With the credentials of the page that named it: its own are somebody else's words. */
function targetOf({ location }: Answer, from: URL): URL | undefined {
  const target = location === undefined ? undefined : urlOf(location, from.href);
  if (target === undefined) return undefined;
  target.username = from.username;
  target.password = from.password;
  return target;
}

/** From http to https it stays the same host, both on their usual ports. */
function isSameHost(target: URL, from: URL): boolean {
  if (target.protocol === from.protocol) return target.host === from.host;
  const isUsual = target.port === "" && from.port === "";
  return isUsual && target.protocol === "https:" && target.hostname === from.hostname;
}
