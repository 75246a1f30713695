import { wordsAtStart } from "#ordinary-words.ts";
import type { FoundSecrets } from "./found-secrets.ts";

/** Shorter ones may stand in values that have nothing to do with them. */
const shortestWithin = 12;
const shortestAlone = 6;

/** Without these no program works, whatever stands in them. */
const needed: readonly string[] = [
  "HOME",
  "LANG",
  "LOGNAME",
  "PATH",
  "PWD",
  "SHELL",
  "TERM",
  "USER",
];

/**
 * The variables in which the same secrets stand by another name, whole or a part that is one by itself: a password of
 * an address, a topic. A short one, or one that people have made of words, only where it stands alone.
 */
export function holdersOf(
  { texts, hidden }: Pick<FoundSecrets, "texts" | "hidden">,
  env: NodeJS.ProcessEnv,
): readonly string[] {
  const within = [...texts, ...hidden.filter((part) => wordsAtStart(part) === 0)].filter(
    ({ length }) => length >= shortestWithin,
  );
  const alone = new Set(hidden.filter(({ length }) => length >= shortestAlone));
  return Object.keys(env).filter((name) => {
    const value = env[name]?.trim() ?? "";
    if (value === "" || needed.includes(name)) return false;
    return alone.has(value) || within.some((secret) => value.includes(secret));
  });
}
