import { oneLine } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import type { CreateAnswer, Launch, PodOrder, StartedBy } from "#guard/model/launch.ts";
import { minuteMs } from "#guard/model/time.ts";
import { perHour, spanWords } from "#guard/text.ts";
import { record } from "#operations/record.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import type { Price } from "#report/launch/price.ts";
import { findPod } from "./find-pod.ts";
import { mostFor, tolerance } from "./most-price.ts";
import { ownHost, stampOf, stampVariable } from "./lease-id.ts";
import type { Protection } from "./protect.ts";
import { type Plan, planFor, type Wish, type Wishing } from "./plan.ts";
import { holding, refusalError } from "./refusals.ts";
import { noteLaunch, reserve } from "./reserve.ts";
import type { StartDeps, Started } from "./started.ts";
import { untilRunning } from "./until-running.ts";
import { startedByWords } from "./start-words.ts";

/** What is wished, with what a price does not depend on. */
export interface StartOrder extends Wishing {
  readonly wish: Wish;
  readonly leaseId: string;
  readonly image: string | undefined;
  readonly templateId: string | undefined;
  readonly networkVolumeId: string | undefined;
  readonly ports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly by: StartedBy;
  readonly isForced: boolean;
  readonly quoteId: string | undefined;
  /** What was agreed to: more than a hundredth above it is refused. */
  readonly agreed: Pick<Price, "perHrUsd" | "computePerHrUsd">;
}

/**
 * Starts a pod: looks once more, writes its lease down by name, asks RunPod once, and looks until it runs.
 * A create that errs is never sent again: the pod is looked for by its name, and taken in where it is there.
 * Throws a UserError where it must not be started, and then RunPod was not asked.
 */
export async function startPod(order: StartOrder, deps: StartDeps): Promise<Started> {
  const { wish, by, quoteId, leaseId, podName, agreed, isForced } = order;
  const { creating, signal, onStep } = deps;
  onStep("looking once more");
  const snapshot = await deps.see();
  const plan = await planFor(wish, order, snapshot, creating, signal);
  const held = holding(plan.refusals, isForced);
  if (held.length > 0) throw refusalError(held);
  refuseAbove(agreed, plan);
  const launch: Launch = {
    id: leaseId,
    name: podName,
    atMs: snapshot.nowMs,
    endsAtMs: snapshot.nowMs + wish.forMs,
    by,
  };
  const protection = await deps.protect?.(snapshot);
  if (protection !== undefined) onStep(protection.words);
  try {
    await reserve(launch, quoteId, snapshot);
  } catch (error) {
    await takeBack(protection, onStep);
    throw error;
  }
  const refusedAsLate = await tooLate(launch, snapshot);
  if (refusedAsLate !== undefined) {
    await takeBack(protection, onStep);
    throw refusedAsLate;
  }
  onStep("asking RunPod for the pod");
  const answer = await creating.create(podOrderOf(order, plan, snapshot.settings), signal);
  const started = await settle(launch, ofNew(answer, snapshot), order, plan, snapshot, deps);
  if (started.kind === "refused") await takeBack(protection, onStep);
  return started;
}

/** From the last look to the create. This process, or its machine, may have stood still. */
const mostBetweenMs = minuteMs;

/**
 * What was looked at is counted by, and the lease runs from then: a create that comes long after could be past
 * both. Undefined: it may be sent.
 */
async function tooLate(launch: Launch, snapshot: SeenSnapshot): Promise<UserError | undefined> {
  const nowMs = Date.now();
  if (Math.abs(nowMs - launch.atMs) <= mostBetweenMs) return undefined;
  await noteLaunch({ ...launch, failedAtMs: nowMs }, snapshot);
  return new UserError(
    "Not started: this process stood still, or the clock was set, since it looked at the account. RunPod was not asked.",
    { hint: "Start it again." },
  );
}

async function takeBack(
  protection: Protection | undefined,
  onStep: StartDeps["onStep"],
): Promise<void> {
  if (protection !== undefined) onStep(await protection.takeBack());
}

function refuseAbove(agreed: StartOrder["agreed"], { estimate }: Plan): void {
  const { perHrUsd } = estimate.price;
  if (perHrUsd <= agreed.perHrUsd * tolerance) return;
  throw new UserError(
    `Not started: it costs ${perHour(perHrUsd)} by now, and ${perHour(agreed.perHrUsd)} was agreed to.`,
    { hint: "Ask again: runpodboss estimate" },
  );
}

function podOrderOf(
  order: StartOrder,
  { estimate, dataCenterIds }: Plan,
  { launch: caps }: SeenSnapshot["settings"],
): PodOrder {
  const { podName, leaseId, image, templateId, networkVolumeId, ports, env, agreed } = order;
  const { wanted } = estimate;
  return {
    name: podName,
    gpuId: wanted.offer.id,
    gpuCount: wanted.gpuCount,
    cloud: wanted.cloud,
    image,
    templateId,
    containerDiskGb: wanted.containerDiskGb,
    volumeGb: wanted.volumeGb,
    networkVolumeId,
    ports,
    env: { ...env, [stampVariable]: stampOf(leaseId, ownHost()) },
    dataCenterIds,
    mostPerHrUsd: mostFor(agreed.computePerHrUsd, caps),
  };
}

/** A pod that was there before is someone else's: what RunPod has answered says nothing about ours then. */
function ofNew(answer: CreateAnswer, { look }: SeenSnapshot): CreateAnswer {
  if (answer.kind !== "created" || look.pods.every(({ id }) => id !== answer.podId)) return answer;
  const because = `the answer names pod ${oneLine(answer.podId)}, which was there before`;
  return { kind: "failed", because, isReadOnlyKey: false, isRefusal: false };
}

/** What a clear no is worth a look for: RunPod has been wrong about it. */
const looksAfterRefusal = 2;

async function settle(
  asked: Launch,
  answer: CreateAnswer,
  order: StartOrder,
  plan: Plan,
  snapshot: SeenSnapshot,
  deps: StartDeps,
): Promise<Started> {
  const { clock, paces, signal, onStep } = deps;
  const { account } = snapshot;
  if (answer.kind === "created") {
    const launch = { ...asked, podId: answer.podId };
    const troubles = await keep(launch, "", snapshot, order, plan);
    const { costPerHrUsd } = answer;
    return untilRunning(launch, troubles, { costPerHrUsd }, order, snapshot, deps);
  }
  const { because, isRefusal } = answer;
  onStep(`RunPod answered: ${because}. Looking whether the pod is there all the same`);
  const waits = isRefusal ? paces.launch.findMs.slice(0, looksAfterRefusal) : paces.launch.findMs;
  const found = await findPod(asked, { account, clock }, waits, signal);
  switch (found.kind) {
    case "found": {
      const launch = { ...asked, podId: found.pod.id };
      const but = `RunPod answered ${because}, and the pod was there all the same; `;
      const troubles = await keep(launch, but, snapshot, order, plan);
      return untilRunning(launch, troubles, { wasLost: because }, order, snapshot, deps);
    }
    case "interrupted":
      return { kind: "interrupted", launch: asked, troubles: [] };
    case "not-there":
    case "unknown": {
      const isOver = isRefusal && found.kind === "not-there";
      const launch = isOver ? { ...asked, failedAtMs: Date.now() } : asked;
      const what = isOver
        ? `RunPod refused it: ${because}`
        : `not known whether it is there: ${because}${found.kind === "unknown" ? `; ${found.because}` : ""}`;
      const troubles = await keep(launch, `${what}; `, snapshot, order, plan, isOver);
      return { kind: isOver ? "refused" : "lost", launch, because, troubles };
    }
  }
}

/** Notes it in the book and in the history. */
async function keep(
  launch: Launch,
  said: string,
  snapshot: SeenSnapshot,
  { by, wish }: StartOrder,
  { estimate }: Plan,
  isOver = false,
): Promise<readonly string[]> {
  const { settings } = snapshot;
  const { name: podName, endsAtMs } = launch;
  // Where its id is not known, its name is unlike any other's.
  const { podId = podName } = launch;
  const { offer } = estimate.wanted;
  const because = `${said}${isOver ? "" : "started "}${startedByWords(by)} for ${spanWords(wish.forMs)}`;
  const run = {
    podId,
    podName,
    gpuType: offer.id,
    costPerHrUsd: estimate.price.perHrUsd,
  };
  const draft = { type: "launch", atMs: Date.now(), because, run, endsAtMs } as const;
  return [...(await noteLaunch(launch, snapshot)), ...(await record(draft, settings))];
}
