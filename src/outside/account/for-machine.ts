import { silenceTopic } from "#guard/account/silent.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import type { Acts } from "#outside/orders/from-outside.ts";

/**
 * Without what is not done here: the machine's commands and agents, channels that are not here, and ends where
 * people are only told. All of it is owed there still, and nothing of it is lost by what is done here.
 */
export function withoutMachine(
  state: GuardState,
  acts: Acts,
  channels: readonly string[],
): GuardState {
  return {
    ...state,
    owed: state.owed.filter((effect) => {
      switch (effect.kind) {
        case "notify":
          return effect.channel !== undefined && channels.includes(effect.channel);
        case "call-agent":
        case "call-budget-agent":
        case "call-pod-agent":
          return false;
        case "end-pod":
        case "end-run":
        case "end-stopped":
          return acts === "guards";
      }
    }),
    // A way to people that is not here has left nobody's config.
    openIncidents: state.openIncidents?.filter(({ incident }) => !incident.startsWith("trouble:")),
  };
}

/** Without what is said from here of the machine's own silence. */
export function forMachine(state: GuardState): GuardState {
  const { [silenceTopic]: _, ...reminded } = state.reminded ?? {};
  return {
    ...state,
    owed: state.owed.filter(
      (effect) =>
        effect.kind !== "notify" || (effect.event !== "silent" && effect.event !== "heard"),
    ),
    openIncidents: state.openIncidents?.filter(({ incident }) => incident !== silenceTopic),
    reminded: Object.keys(reminded).length === 0 ? undefined : reminded,
  };
}

/** The rest of it: what people were told of that silence and not yet that it is over. Undefined: nothing. */
export function leftToSay({
  owed,
  openIncidents,
  reminded = {},
}: GuardState): GuardState | undefined {
  const { [silenceTopic]: told } = reminded;
  const notices = owed.filter((effect) => effect.kind === "notify" && effect.event === "heard");
  if (told === undefined && notices.length === 0) return undefined;
  return {
    ...emptyState,
    owed: notices,
    openIncidents: openIncidents?.filter(({ incident }) => incident === silenceTopic),
    ...(told !== undefined && { reminded: { [silenceTopic]: told } }),
  };
}
