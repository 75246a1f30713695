import type { CreateAnswer } from "#guard/model/launch.ts";
import type { HttpRequest } from "#requests/answer.ts";
import type { Creating } from "#ports.ts";
import { withoutEnvInAnswer } from "#runpod/launch/env-values.ts";
import { addressOfId } from "#runpod/rest/address.ts";
import { type Ask, createAsk } from "#runpod/rest/ask.ts";
import { createQuota } from "#runpod/rest/quota.ts";
import { withinSpan } from "#runpod/rest/span.ts";
import { askForPod } from "./create.ts";
import { readOffers } from "./offers.ts";
import { sshIn } from "./ssh.ts";

/** As for the pods of a poll. */
const longestAnswerBytes = 16 * 2 ** 20;

export interface RestCreatingOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly nowMs: () => number;
  /** What carries a request to RunPod. */
  readonly request: HttpRequest;
  /** For a call with all its requests together. */
  readonly timeLimitMs: number;
}

/** Makes pods by RunPod's REST API, version 2. */
export function createRestCreating(options: RestCreatingOptions): Creating {
  const { url: base, apiKey, nowMs, timeLimitMs } = options;
  const limits = { timeLimitMs, maxBytes: longestAnswerBytes };
  const quota = createQuota(nowMs);

  function askBy(send: HttpRequest, partOf: string): Ask {
    const request: HttpRequest = (url, asked, within) => send(url, { ...asked, partOf }, within);
    return createAsk({ apiKey, request, quota, limits });
  }

  return {
    offers: (gpuCount, signal) =>
      withinSpan(timeLimitMs, signal, (over) =>
        readOffers(base, askBy(options.request, "the question"), gpuCount, over),
      ),
    create: (order, signal) =>
      withinSpan<CreateAnswer>(timeLimitMs, signal, (over) =>
        askForPod(
          base,
          (noting) =>
            askBy(noting(withoutEnvInAnswer(options.request, order)), "the request for a pod"),
          order,
          over,
        ),
      ),
    sshOf: (podId, signal) =>
      withinSpan(timeLimitMs, signal, async (over) => {
        const url = addressOfId(base, "pods", podId);
        if (url === undefined) return undefined;
        const answered = await askBy(options.request, "the question")(url, { signal: over });
        return answered.kind === "told" ? sshIn(answered.body) : undefined;
      }),
  };
}
