import { cleanName } from "#control-characters.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import { perHour } from "#guard/text.ts";
import { type Current, protectOf } from "#commands/setup/answers/current.ts";
import {
  type By,
  type Protectable,
  protectables,
  protectList,
} from "#commands/setup/answers/protect-list.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";
import { shownName } from "./account-words.ts";

const option = "--protect POD,POD, or --no-protect";

/** Asks which pods nothing may stop. Gives the whole list. */
export async function protectStep(
  current: Current,
  seen: Seen | undefined,
  { prompter, given, isAsked }: InterviewDeps,
): Promise<readonly string[]> {
  const now = protectOf(current);
  // A script that forgets one must not lay a pod open.
  if (given.protect !== undefined) return [...new Set([...now, ...given.protect])];
  if (!isAsked) return now;
  const pods = seen === undefined || seen.pods === "unknown" ? undefined : seen.pods;
  if (pods === undefined || pods.length === 0) {
    const why = pods === undefined ? "The pods are not known" : "There are no pods";
    prompter.say(
      `${why}, so none can be chosen to be protected. Names of pods can be put into "protect" in the config at any time.`,
    );
    return now;
  }
  const all = protectables(pods, now);
  const byPattern = all.filter(({ pattern }) => pattern !== undefined);
  if (byPattern.length > 0) {
    prompter.say(
      `Protected by a pattern of the config, and stay so: ${byPattern.map(({ pod }) => shownName(pod)).join(", ")}`,
    );
  }
  const open = all.filter(({ pattern }) => pattern === undefined);
  if (open.length === 0) return now;
  const chosen = await prompter.chooseMany({
    message: "Which pods may nothing ever stop? (none is fine)",
    option,
    choices: open.map(({ pod }) => ({
      value: pod.id,
      label: `${shownName(pod)} (${cleanName(pod.id)})`,
      hint: pod.costPerHrUsd === undefined ? undefined : perHour(pod.costPerHrUsd),
    })),
    initial: open.filter(({ isProtected }) => isProtected).map(({ pod }) => pod.id),
  });
  const ids = [...chosen, ...byPattern.map(({ pod }) => pod.id)];
  const added = open.filter(({ pod, isProtected }) => chosen.includes(pod.id) && !isProtected);
  const by = await byWhat(added, prompter);
  const list = protectList(now, pods, ids, by);
  const alsoProtected = protectables(pods, list).filter(
    ({ pod, isProtected }) => isProtected && !ids.includes(pod.id),
  );
  if (alsoProtected.length > 0) {
    prompter.say(
      `These are protected with them, by the names that the config has: ${alsoProtected.map(({ pod }) => shownName(pod)).join(", ")}`,
      "warning",
    );
  }
  return list;
}

async function byWhat(
  added: readonly Protectable[],
  prompter: InterviewDeps["prompter"],
): Promise<By> {
  const nameless = added.filter(({ noName }) => noName !== undefined);
  if (nameless.length > 0) {
    prompter.say(
      `By id: ${nameless.map(({ pod, noName }) => `${idAndName(pod)}, as ${noName}`).join("; ")}`,
    );
  }
  const first = added.find(({ noName }) => noName === undefined);
  if (first === undefined) return "id";
  return prompter.choose<By>({
    message: "Protect them by name, or by id?",
    option,
    choices: [
      {
        value: "name",
        label: `By name: ${shownName(first.pod)}`,
        hint: "also a later pod of that name",
      },
      { value: "id", label: `By id: ${cleanName(first.pod.id)}`, hint: "just this pod" },
    ],
  });
}

function idAndName(pod: Pod): string {
  return `${shownName(pod)} (${cleanName(pod.id)})`;
}
