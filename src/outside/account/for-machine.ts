import { silenceTopic } from "#guard/account/silent.ts";
import type { GuardState } from "#guard/model/state.ts";

/**
 * Without what only the machine can do: its commands and its agents. It is owed there still, and nothing of it
 * is lost by what is done here.
 */
export function withoutMachine(state: GuardState): GuardState {
  return {
    ...state,
    owed: state.owed.filter((effect) => {
      switch (effect.kind) {
        case "notify":
          return effect.channel !== undefined;
        case "call-agent":
        case "call-budget-agent":
        case "call-pod-agent":
          return false;
        case "end-pod":
        case "end-run":
        case "end-stopped":
          return true;
      }
    }),
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
