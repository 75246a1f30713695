import { namingConfig } from "#config/command-for.ts";
import { oneLine } from "#control-characters.ts";
import { spanWords } from "#guard/text.ts";
import { inCall, type MayBeOf } from "#hook/detect/in-call.ts";
import { type Answer, nothing } from "#hook/formats/answer.ts";
import type { Payload } from "#hook/formats/payload.ts";
import { withPodsSeen } from "#report/snapshot.ts";
import { adopt, type Adopted, newcomers, whyNotKnown } from "./adopt.ts";
import { startedBy } from "./own-launches.ts";
import { commandsFor, toldOf, typed } from "./pod-words.ts";
import { type HookDeps, see } from "./see.ts";

/** Takes in which of these came into being past this guard, and says so. Throws where it cannot be seen. */
export async function afterTool(payload: Payload, pods: MayBeOf, deps: HookDeps): Promise<Answer> {
  const snapshot = withPodsSeen(await see(deps));
  const because = whyNotKnown(snapshot);
  if (because !== undefined) {
    if (payload.call === undefined || inCall(payload.call).length === 0) return nothing;
    return tell(
      [
        `runpodboss cannot tell which pods this has started (${oneLine(because)}), so nothing was given a lease.`,
        "See what runs: runpodboss status. Stop what you do not need: runpodboss stop POD -y",
      ],
      deps,
    );
  }
  const found = newcomers(snapshot).filter(({ id }) => pods === "any" || pods.has(id));
  if (found.length === 0) return nothing;
  const adopted = await adopt(found, startedBy(payload, deps.env), snapshot);
  return adopted.length === 0 ? nothing : tell(adopted.map(adoptedWords), deps);
}

function adoptedWords({ pod, endsAtMs, isHeld }: Adopted): string {
  const left = spanWords(endsAtMs - Date.now());
  const end = isHeld ? "It is stopped when that ends" : "No guard ends it then, so you have to";
  return `runpodboss: ${toldOf(pod)}, was started past runpodboss, and has a lease of ${left} now. ${end}: ${commandsFor(pod.id)}`;
}

function tell(lines: readonly string[], { config }: HookDeps): Answer {
  return { kind: "tell", words: namingConfig(lines.slice(0, 20).join("\n"), typed, config) };
}
