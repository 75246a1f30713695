import type { Notify } from "#guard/model/effect.ts";
import type { PodGuardName } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";

/** So many are remembered, the newest. */
export const mostOpen = 500;

/** More pods than this are not named in what their incident is known by. */
const mostNamed = 5;

/** What a notification is about when it has no topic: the same thing of the same pods. */
export function incidentOf(event: string, name: string, podIds: readonly string[]): string {
  const more = podIds.length > mostNamed ? [`and ${podIds.length - mostNamed} more`] : [];
  const pods = [...podIds.slice(0, mostNamed), ...more];
  return [event, name, ...(pods.length === 0 ? [] : [pods.join(",")])].join(":");
}

/** All that a guard says of the coming end of these pods' runs, until it has come. */
export function endIncident(guard: PodGuardName, podIds: readonly string[]): string {
  return incidentOf("end", guard, podIds);
}

/** Whether whoever listens there was told of it, and not yet that it is over. */
export function isTold({ openIncidents = [] }: GuardState, incident: string, way: string): boolean {
  return openIncidents.some((each) => each.incident === incident && each.way === way);
}

/** By which ways people were told of it, and not yet that it is over. */
export function toldOf({ openIncidents = [] }: GuardState, incident: string): readonly string[] {
  return openIncidents.filter((each) => each.incident === incident).map(({ way }) => way);
}

/** A notification was sent: its incident is open there, or over. */
export function withSent(
  state: GuardState,
  { incident, isResolution = false }: Pick<Notify, "incident" | "isResolution">,
  way: string,
  atMs: number,
): GuardState {
  if (incident === undefined) return state;
  const { openIncidents = [] } = state;
  const rest = openIncidents.filter((each) => each.incident !== incident || each.way !== way);
  if (isResolution && rest.length === openIncidents.length) return state;
  const next = isResolution ? rest : [...rest, { incident, way, atMs }].slice(-mostOpen);
  return { ...state, openIncidents: next.length === 0 ? undefined : next };
}
