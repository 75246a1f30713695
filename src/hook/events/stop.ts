import { namingConfig } from "#config/command-for.ts";
import { oneLine } from "#control-characters.ts";
import { isProtected } from "#guard/protect.ts";
import { type Answer, nothing } from "#hook/formats/answer.ts";
import type { Payload } from "#hook/formats/payload.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { notAskedAbout } from "./asked-before.ts";
import { launchesBy, runningPodsOf, startedBy } from "./own-launches.ts";
import { commandsFor, toldOf, typed } from "./pod-words.ts";
import { type HookDeps, see, settingsFor } from "./see.ts";

/** Asks once about each pod of this session that still runs. Throws where config or book cannot be read. */
export async function beforeStop(payload: Payload, deps: HookDeps): Promise<Answer> {
  if (payload.isHeldAlready) return nothing;
  const settings = await settingsFor(deps);
  const book = await createLeaseFile(leaseFileOf(settings.stateFile), identityOf).read();
  const launches = launchesBy(startedBy(payload, deps.env), book.launches ?? {});
  if (launches.length === 0) return nothing;
  const { look, policy, protect } = await see(deps);
  if (look.kind === "blind" || look.pods === "unknown") {
    const because = look.kind === "blind" ? look.because : (look.podsBecause ?? "no list of pods");
    return {
      kind: "show",
      words: `runpodboss: whether pods of this session still run could not be seen (${oneLine(because)}).`,
    };
  }
  const seen = look.pods;
  const left = new Map(
    launches
      .flatMap((launch) => runningPodsOf(launch, seen))
      .filter((pod) => !isProtected(pod, [...policy.protect, ...protect]))
      .map((pod) => [pod.id, pod] as const),
  );
  const asked = await notAskedAbout([...left.keys()], payload.session, settings.stateFile);
  const pods = asked.flatMap((id) => left.get(id) ?? []);
  if (pods.length === 0) return nothing;
  const lines = pods.slice(0, 20).map((pod) => {
    return `- ${toldOf(pod)} still: ${commandsFor(pod.id)}`;
  });
  const because = [
    "Before you stop: what this session started still runs. Extend, touch or stop each, or say why it is to go on until its lease ends.",
    ...lines,
  ].join("\n");
  return { kind: "hold", because: namingConfig(because, typed, deps.config) };
}
