import type { Notify } from "#guard/model/effect.ts";
import type { PodGuardName } from "#guard/model/policy.ts";
import type { GuardState, OpenIncident } from "#guard/model/state.ts";

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
export function isTold(state: GuardState, incident: string, way: string): boolean {
  return toldOf(state, incident).includes(way);
}

/** By which ways people were told of it, and not yet that it is over. */
export function toldOf({ openIncidents = [] }: GuardState, incident: string): readonly string[] {
  return openIncidents.find((each) => each.incident === incident)?.ways ?? [];
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
  const others = toldOf(state, incident).filter((each) => each !== way);
  const ways = isResolution ? others : [...others, way];
  const rest = openIncidents.filter((each) => each.incident !== incident);
  const isNothing = ways.length === 0 && rest.length === openIncidents.length;
  if (isNothing) return state;
  const next: readonly OpenIncident[] = [
    ...rest,
    ...(ways.length === 0 ? [] : [{ incident, ways, atMs }]),
  ].slice(-mostOpen);
  return { ...state, openIncidents: next.length === 0 ? undefined : next };
}
