import type { Answers } from "./answers/answers.ts";
import type { Current } from "./answers/current.ts";
import type { InterviewDeps } from "./deps.ts";
import { channelStep } from "./steps/channel-step.ts";
import { keyStep } from "./steps/key-step.ts";
import { heartbeatStep, idleStep, serviceStep } from "./steps/later-steps.ts";
import { launchStep } from "./steps/launch-step.ts";
import { pageStep } from "./steps/page-step.ts";
import { protectStep } from "./steps/protect-step.ts";
import { thresholdStep } from "./steps/threshold-step.ts";

/** Asks everything, one after the other, and writes nothing. Throws `AskingEnded` when nobody answers any more. */
export async function interview(current: Current, deps: InterviewDeps): Promise<Answers> {
  const { key, seen } = await keyStep(deps);
  const thresholdsUsd = await thresholdStep(current, seen, deps);
  const protect = await protectStep(current, seen, deps);
  const told = await channelStep(current, key, deps);
  const idle = await idleStep(current, deps);
  const launch = await launchStep(current, deps);
  const heartbeat = await heartbeatStep(current, deps);
  const page = await pageStep(current, deps);
  const settings = await deps.settingsWith({
    key,
    thresholdsUsd,
    protect,
    told,
    idle,
    launch,
    heartbeat,
    page,
  });
  const service = await serviceStep(await deps.daemonPid(settings), deps);
  return { key, thresholdsUsd, protect, told, idle, launch, heartbeat, page, service };
}
