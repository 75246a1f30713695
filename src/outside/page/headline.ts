import type { Summary } from "#outside/summary/contract.ts";

/** How it stands with an account, in as few words as can be. */
export function headline(summary: Summary): string {
  return `${summary.account}: ${stateWords(summary)}`;
}

function stateWords(summary: Summary): string {
  const { role, beat, silent_since: silentSince, acts, own_look: look } = summary;
  if (role === "unheard") return "nothing heard yet";
  if (acts !== null && look?.is_seen === false) return "not seen";
  if (role === "primary") return "guarded from here";
  const host = beat?.host ?? "its machine";
  if (silentSince !== null) return `${host} is silent`;
  if (beat?.is_blind === true) return `${host} sees nothing`;
  return beat !== null && beat.late_minutes > 0 ? `${host} is late` : `guarded by ${host}`;
}

/** The same, and what is done about it. */
export function leadWords(summary: Summary): {
  readonly words: string;
  readonly isWarning: boolean;
} {
  const { role, beat, acts, silent_since: silentSince, own_look: look, account } = summary;
  const host = beat?.host ?? "the machine";
  const dry = summary.is_dry_run ? " This is a dry run: nothing is ended, and nobody is told." : "";
  if (role === "unheard") {
    return {
      words: `Nothing is known here of account ${account}: no beat of its guard has come. Nothing is looked at and nothing is stopped from here.`,
      isWarning: true,
    };
  }
  if (acts === null) {
    const isOver = summary.standing_in !== null;
    const back = isOver ? ` It was silent, and takes over now what I did.` : "";
    if (silentSince !== null) {
      return {
        words: `The guard on ${host} is silent. I am about to look myself.`,
        isWarning: true,
      };
    }
    return beat?.is_blind === true
      ? {
          words: `The guard on ${host} runs, and does not see the account.${back}${dry}`,
          isWarning: true,
        }
      : {
          words: `The guard on ${host} watches the account; I only listen.${back}${dry}`,
          isWarning: false,
        };
  }
  const because = summary.acts_because === null ? "" : `, because ${summary.acts_because}`;
  const does = acts === "guards" ? "and stop pods by the rules" : `and stop nothing${because}`;
  const blind =
    look?.is_seen === false ? " But I do not see the account now, so nothing is stopped." : "";
  if (role === "primary") {
    return {
      words: `I am the only guard of this account. I look by myself, ${does}.${blind}${dry}`,
      isWarning: blind !== "" || dry !== "",
    };
  }
  const why = silentSince === null ? "runs, and does not see the account" : "is silent";
  return {
    words: `The guard on ${host} ${why}. I look every minute in its place, ${does}.${blind}${dry}`,
    isWarning: true,
  };
}
