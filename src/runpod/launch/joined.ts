import type { CreateAnswer, GpuOffer, PodOrder } from "#guard/model/launch.ts";
import type { Part } from "#guard/model/holdings.ts";
import type { Clock, Creating } from "#ports.ts";
import { createRedactor, withoutSecrets } from "#redact.ts";
import { boundedTo } from "#runpod/given-up.ts";
import { notCreated } from "./created.ts";
import { withoutEnvOf } from "./env-values.ts";

export interface CreatingParts {
  /** Makes the pods: no other is ever asked for one. */
  readonly decides: Creating;
  /** Where the one that decides cannot tell what is offered. */
  readonly spare: Pick<Creating, "offers"> | undefined;
  readonly apiKey: string;
  readonly clock: Clock;
  /** Nobody waits any longer for a request, whatever becomes of it. */
  readonly limitMs: number;
}

/** Makes pods through one interface, without the key or the order's environment in any of its words. */
export function joinedCreating({
  decides,
  spare,
  apiKey,
  clock,
  limitMs,
}: CreatingParts): Creating {
  const redact = createRedactor([apiKey]);

  const within = boundedTo(limitMs, clock);

  async function offersOf(
    asked: Pick<Creating, "offers">,
    gpuCount: number,
    signal: AbortSignal,
  ): Promise<Part<readonly GpuOffer[]>> {
    const told = await within<Part<readonly GpuOffer[]>>(
      (over) => asked.offers(gpuCount, over),
      (because) => ({ kind: "unread", because }),
      signal,
    );
    return withoutSecrets(told, redact);
  }

  async function create(order: PodOrder, signal: AbortSignal): Promise<CreateAnswer> {
    const answer = await within<CreateAnswer>(
      (over) => decides.create(order, over),
      (because) => notCreated(because),
      signal,
    );
    if (answer.kind === "created") return answer;
    return { ...answer, because: redact(withoutEnvOf(order)(answer.because)) };
  }

  return {
    async offers(gpuCount, signal) {
      const told = await offersOf(decides, gpuCount, signal);
      if (told.kind === "read" || spare === undefined || signal.aborted) return told;
      const instead = await offersOf(spare, gpuCount, signal);
      return instead.kind === "read" ? instead : told;
    },
    create,
    sshOf: (podId, signal) =>
      within(
        (over) => decides.sshOf(podId, over),
        () => undefined,
        signal,
      ),
  };
}
