import { type Pod, runStateOf } from "#guard/model/account.ts";
import type { Launch, StartedBy } from "#guard/model/launch.ts";
import { isOfLaunch } from "#guard/pods/run/launched.ts";
import type { Payload } from "#hook/formats/payload.ts";
import { ownHost } from "#operations/launch/lease-id.ts";
import { agentSessionOf } from "#process/agent-session.ts";

/** Who this payload's agent is, as a launch names it. */
export function startedBy({ agent, session }: Payload, env: NodeJS.ProcessEnv): StartedBy {
  const found = session ?? agentSessionOf(env)?.session;
  const named = found === undefined ? {} : { session: found };
  return { kind: "agent", agent, ...named, host: ownHost() };
}

/** Launches of an agent's session; where that is not known, those of all agents on this machine. */
export function launchesBy(
  by: StartedBy,
  launches: Readonly<Record<string, Launch>>,
): readonly Launch[] {
  return Object.values(launches).filter(
    (launch) =>
      launch.by.kind === "agent" &&
      launch.failedAtMs === undefined &&
      (by.session !== undefined && launch.by.session !== undefined
        ? launch.by.session === by.session
        : launch.by.host === by.host),
  );
}

/** The pods of a launch that are not known to have ended. */
export function runningPodsOf(launch: Launch, pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => isOfLaunch(pod, launch) && runStateOf(pod) !== "ended");
}
