import { savedDecider } from "#guard/account/crossing.ts";
import { withKept } from "#guard/account/kept.ts";
import { asForPerson } from "#guard/account/may-end.ts";
import type { Pod } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { minuteMs, secondMs } from "#guard/model/time.ts";
import { rowTitle, rowWords } from "#guard/text.ts";
import type { PodLink } from "#http/links/link.ts";
import { endByHand, type HandEnd } from "#operations/manual-stop.ts";
import { whyNoEnd } from "#operations/stop-plan.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import { stateIn } from "#outside/account/kept-state.ts";
import type { Standing } from "#outside/account/look-deps.ts";
import { realPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { askedHere, changed, emptyBook, over, standingHere } from "./asked.ts";
import type { Wish } from "./wish.ts";

/** What is not proven by then goes on at the next look. */
const limitMs = 40 * secondMs;
/** For so long it is tried; then people are told. */
const triedMs = 15 * minuteMs;

/** Ends the pods that people have asked for here, with proof: each step is kept before it is done. */
export async function endAsked(
  deps: AccountGuardDeps,
  standing: Standing,
  signal: AbortSignal,
): Promise<void> {
  const all = await deps.kept.read();
  for (const { wish, link } of askedHere(deps, standing, all)) {
    if (link.action !== "stop" || signal.aborted) continue;
    const now = await ended(wish, link, deps, standing, signal);
    if (now !== wish) await deps.kept.write(changed(await deps.kept.read(), [now]));
  }
}

/** The wish as it stands then; the same: nothing is known yet. */
async function ended(
  wish: Wish,
  link: PodLink,
  deps: AccountGuardDeps,
  standing: Standing,
  signal: AbortSignal,
): Promise<Wish> {
  const { kept, clock } = deps;
  const { orders, known, whose = "own" } = standing;
  const all = await kept.read();
  const state = stateIn(all, whose) ?? standing.state;
  const stands = standingHere(link, state, clock.nowMs());
  if (stands.kind === "unsure") return afterLong(wish, stands.because, clock.nowMs());
  if (stands.kind === "over") {
    return wish.wasAsked
      ? over(wish, `RunPod was asked to; ${stands.because}`, { isDone: true, note: "history" })
      : over(wish, stands.because);
  }
  const account = deps.runpod(savedDecider(state));
  const look = await account.look(signal);
  if (look.kind === "blind") return afterLong(wish, look.because, clock.nowMs());
  const pod = look.pods === "unknown" ? undefined : look.pods.find(({ id }) => id === link.podId);
  if (pod === undefined) return afterLong(wish, "the pod is not listed now", clock.nowMs());
  const protect = protectOf(orders.policy.protect, state, known, pod);
  const because = whyNoEnd("stop", pod, protect);
  if (because !== undefined) {
    return over(wish, `${rowTitle(pod)}: ${because}. Nothing was changed`);
  }
  if (orders.isDry) return over(wish, "a dry run, so nothing was changed");
  const asked = { ...wish, wasAsked: true };
  const said = { ...emptyBook, endedAtMs: { [pod.id]: clock.nowMs() } };
  await kept.write(changed(all, [asked], said));
  const end = await endWithin(pod, protect, account, clock, signal);
  return cameTo(asked, pod, end, clock.nowMs());
}

/** Those that nobody has spoken of may be anybody's. */
function protectOf(
  protect: readonly string[],
  state: GuardState,
  known: readonly string[] | undefined,
  { id }: Pod,
): readonly string[] {
  const kept = withKept({ protect }, state).protect;
  return known === undefined || known.includes(id) ? kept : [...kept, id];
}

async function endWithin(
  pod: Pod,
  protect: readonly string[],
  account: Account,
  clock: Clock,
  signal: AbortSignal,
): Promise<HandEnd> {
  const limit = new AbortController();
  const end = (): void => limit.abort();
  signal.addEventListener("abort", end);
  void clock.sleepUntil(clock.nowMs() + limitMs, limit.signal).then(end);
  try {
    const note = (): void => undefined;
    const by = {
      account: forPerson(account),
      clock,
      protect: () => protect,
      paces: realPaces,
      note,
    };
    return await endByHand(pod, "stop", by, limit.signal);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

/** What only a change-over has left in doubt is no reason to refuse a person. */
function forPerson(account: Account): Account {
  return {
    measure: (signal) => account.measure(signal),
    end: (...asked) => account.end(...asked),
    async look(signal) {
      const look = await account.look(signal);
      if (look.kind === "blind" || look.pods === "unknown") return look;
      return { ...look, pods: look.pods.map(asForPerson) };
    },
  };
}

function cameTo(wish: Wish, pod: Pod, end: HandEnd, nowMs: number): Wish {
  switch (end.kind) {
    case "ended":
      return over(wish, `${rowTitle(pod)} no longer runs: ${end.outcome.because}`, {
        isDone: true,
        note: "history",
      });
    case "over-before":
      return over(wish, `${rowTitle(pod)}: ${end.because} already`, { isDone: true });
    case "unproven":
      return afterLong(wish, end.because, nowMs);
    case "interrupted":
      return { ...wish, words: `${rowWords(pod)} was asked to stop; the proof is awaited` };
  }
}

function afterLong(wish: Wish, because: string, nowMs: number): Wish {
  if (nowMs - wish.atMs < triedMs) return { ...wish, words: `not yet: ${because}` };
  const words = wish.wasAsked
    ? `not proven ended: ${because}. It may still run and cost money`
    : `not done: ${because}. RunPod was not asked`;
  return over(wish, words, { note: "people" });
}
