import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { Failure } from "#http/contract/failure.ts";
import type { BalanceAsked } from "#page/chart/chart.ts";
import { keyHeaders } from "#page/key.ts";
import { secondMs } from "#page/words/spans.ts";

const limitMs = 20 * secondMs;

/** The balance as it was; rejects with an Error whose message is a sentence for people. */
export async function askBalance(
  { fromMs, toMs, points }: BalanceAsked,
  signal: AbortSignal,
): Promise<BalanceAnswer> {
  const query = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    points: String(points),
  });
  const response = await fetch(`api/balance?${query.toString()}`, {
    headers: { ...keyHeaders(), accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Error("the daemon could not be reached");
  });
  if (response.ok) return (await response.json()) as BalanceAnswer;
  const failed = (await response.json().catch(() => undefined)) as Partial<Failure> | undefined;
  throw new Error(failed?.error ?? `the daemon answered ${response.status}`);
}
