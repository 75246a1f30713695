import { onItName, onItWords } from "#guard/on-it.ts";
import { html } from "hono/html";
import { type ActPage, factsList } from "./act-page.ts";
import type { OnItLink } from "./link.ts";
import { whenWords } from "./question-page.ts";

/** What came of it, in words. */
export const onItDone = `nobody is reminded of it for ${onItWords}, unless it gets worse`;

/** As it is asked for: `I am on it: low`. */
export function onItAsked({ topic }: OnItLink): string {
  return `I am on it: ${onItName(topic)}`;
}

/** Asks before anything is held; `doneWhen`, where that is not at once. */
export function onItQuestion(link: OnItLink, doneWhen?: string): ActPage {
  return {
    title: `${onItAsked(link)}?`,
    body: html`${factsList([
        ["Then", `${onItDone}; all who were told of it are told that somebody is on it`],
        ["As ever", "what is to be stopped is stopped; warnings, and what is new, are told"],
        ["When it is done", doneWhen],
      ])}
      <form method="post">
        <input type="hidden" name="sure" value="yes" />
        <button class="deed">I am on it</button>
      </form>
      <p class="soft">Nothing has been done yet. To be reminded as before, close this page.</p> `,
  };
}

export function heldPage(untilMs: number, nowMs: number): ActPage {
  return {
    title: "Somebody is on it",
    body: html`<p class="done">
      Nobody is reminded of it before it is over, or gets worse: the next reminder comes
      ${whenWords(untilMs, nowMs)} at the soonest.
    </p> `,
  };
}
