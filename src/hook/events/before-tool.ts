import { namingConfig } from "#config/command-for.ts";
import { cleanName, oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import type { Found } from "#hook/detect/found.ts";
import type { Answer } from "#hook/formats/answer.ts";
import { nothing } from "#hook/formats/answer.ts";
import { inShell } from "#shell-word.ts";
import { typed } from "./pod-words.ts";
import type { HookDeps } from "./see.ts";
import { whyNotHeld } from "./why-not-held.ts";

function word(text: string | undefined, otherwise: string): string {
  return text === undefined || text === "" ? otherwise : inShell(oneLine(text).slice(0, 128));
}

function insteadOf({ kind, what, asked }: Found): readonly string[] {
  if (what === "endpoint" || what === "cluster") {
    return [
      `runpodboss starts no ${what === "endpoint" ? "serverless endpoints" : "clusters"}, and an agent may not start them past it: ask the person you work for.`,
    ];
  }
  if (kind === "starts") {
    return [
      "A pod that is started anew needs a lease that ends it. Start a new one with: runpodboss start --gpu GPU --image IMAGE --hours HOURS",
      "To have this very pod again, ask the person you work for to start it.",
    ];
  }
  const gpu = word(asked?.gpu, "GPU");
  const image = word(asked?.image, "IMAGE");
  const name = asked?.name === undefined ? "" : ` --name ${word(cleanName(asked.name), "NAME")}`;
  return [
    `Use instead: runpodboss start --gpu ${gpu} --image ${image} --hours HOURS${name} -y --json`,
    `First see what it costs: runpodboss estimate --gpu ${gpu} --hours HOURS --json`,
  ];
}

/** Why a call is not made, and what to type instead. */
function refusal(found: readonly Found[], why: string | undefined, config: string): Answer {
  const [first, ...others] = found;
  if (first === undefined) return nothing;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const because = [
    `Refused by runpodboss: ${oneLine(first.because)}${more}. Nothing may be started past it, or it goes on costing when it is forgotten.`,
    ...(why === undefined
      ? []
      : [`It would be let pass with a lease that stands, but ${oneLine(why)}.`]),
    ...insteadOf(first),
    "Do not look for another way: this is what the person you work for has set up.",
  ].join("\n");
  return { kind: "refuse", because: namingConfig(because, typed, config) };
}

/** Whether a look could change anything: a start of a pod that is named, or a create that was written down. */
function mayBeHeld({ kind, what, podId, asked }: Found): boolean {
  if (what !== "pod") return false;
  return kind === "starts" ? podId !== undefined : /-rb[a-z2-7]{8}$/.test(asked?.name ?? "");
}

/**
 * What is answered to a call that creates or starts these. Where a daemon is alive and a lease stands for each
 * of them it is let pass; what cannot be seen is refused. Never throws.
 */
export async function answerFound(found: readonly Found[], deps: HookDeps): Promise<Answer> {
  if (!found.every(mayBeHeld)) return refusal(found, undefined, deps.config);
  let why: string | undefined;
  try {
    why = await whyNotHeld(found, deps);
  } catch (error) {
    why = `whether it does cannot be seen: ${wordsOf(error)}`;
  }
  return why === undefined ? nothing : refusal(found, why, deps.config);
}
