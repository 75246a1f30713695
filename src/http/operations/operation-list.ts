import { randomUUID } from "node:crypto";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked } from "#http/deps.ts";

type Ended = Exclude<OperationAnswer["state"], "running">;

/** One operation as it goes on. */
export interface Operation {
  readonly id: string;
  readonly answer: () => OperationAnswer;
  /** From now on it is shown, and called so. */
  readonly show: (podName: string) => void;
  readonly step: (words: string) => void;
  /** The first time it counts; tells whether this was it. */
  readonly end: (state: Ended, words: string) => boolean;
}

interface ListDeps {
  readonly nowMs: () => number;
  /** What it says holds no secret. */
  readonly redact: (text: string) => string;
  readonly onChange: (operation: OperationAnswer) => void;
}

const mostKept = 50;
/** More of them say nothing new. */
const mostSteps = 40;

/** The operations that are shown, the last ones of them. */
export function createOperationList({ nowMs, redact, onChange }: ListDeps) {
  /** The oldest first. */
  const kept = new Map<string, OperationAnswer>();
  const iso = (): string => new Date(nowMs()).toISOString();

  function open({ action, podId }: Asked): Operation {
    let isShown = false;
    let now: OperationAnswer = {
      id: randomUUID(),
      pod_id: podId,
      pod_name: "",
      action,
      asked_at: iso(),
      state: "running",
      steps: [],
      words: null,
    };
    function change(by: Partial<OperationAnswer>): void {
      now = { ...now, ...by };
      if (!isShown) return;
      kept.set(now.id, now);
      withoutOld();
      onChange(now);
    }
    return {
      id: now.id,
      answer: () => now,
      show(podName) {
        if (isShown && now.pod_name === podName) return;
        isShown = true;
        change({ pod_name: podName });
      },
      step(words) {
        if (now.state !== "running" || now.steps.length >= mostSteps) return;
        change({ steps: [...now.steps, { at: iso(), words: redact(words) }] });
      },
      end(state, words) {
        if (now.state !== "running") return false;
        change({ state, words: redact(words) });
        return true;
      },
    };
  }

  /** What runs is kept, however many there are. */
  function withoutOld(): void {
    for (const [id, { state }] of kept) {
      if (kept.size <= mostKept) return;
      if (state !== "running") kept.delete(id);
    }
  }

  return {
    open,
    of: (id: string): OperationAnswer | undefined => kept.get(id),
    latest: (): readonly OperationAnswer[] => [...kept.values()].toReversed(),
  };
}
