import { html } from "hono/html";
import { podWords } from "#guard/text.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { ActPage } from "./act-page.ts";

/** Not of this guard, or not whole; which of these is nobody's business. */
export const unknownPage: ActPage = {
  title: "This button is none of this guard's",
  body: html`<p>
      Its address is not whole, or it was made before the token of the page was changed. Nothing was
      changed.
    </p>
    <p class="soft">Open it from the notification again, or use the page itself.</p> `,
};

export const tooManyPage: ActPage = {
  title: "Too much is asked",
  body: html`<p>
    Nothing was changed. Wait a minute, and open the button from the notification again.
  </p> `,
};

/** What the button was for is over, or it was used. */
export function overPage(because: string): ActPage {
  return {
    title: "This button is gone",
    body: html`<p>${sentence(because)} Nothing was changed.</p>
      <p class="soft">
        A newer notification has buttons of its own; so has <a href="/">the page</a>.
      </p> `,
  };
}

export function notNowPage(because: string): ActPage {
  return {
    title: "Not now",
    body: html`<p class="warn">${sentence(because)} Nothing was changed.</p>
      <p class="soft">The button is still good: open it again in a minute.</p> `,
  };
}

/** It was asked for, and whoever does it said no. */
export function refusedPage(because: string, hint: string | undefined): ActPage {
  return {
    title: "This was not done",
    body: html`<p class="warn">${because}</p>
      ${hint === undefined ? undefined : html`<p>${hint}</p> `}
      <p class="soft">The button is still good, should that change.</p> `,
  };
}

export const testPage: ActPage = {
  title: "The button works",
  body: html`<p>
    It was sent by <code>runpodboss notify test</code>, and leads to your guard. Those of real
    notifications ask here before they do anything.
  </p> `,
};

/** It was used, and what came of it is not known here any more. */
export const usedPage: ActPage = {
  title: "This button was used",
  body: html`<p>
    Each is good for once. What came of it stands in the history, as
    <code>runpodboss history</code> shows it, and on <a href="/">the page</a>.
  </p> `,
};

export const beginningPage: ActPage = {
  title: "It is being done",
  body: html`<p>This page shows how it goes in a moment.</p> `,
};

/** How it goes, step by step, and how it went. */
export function progressPage(operation: OperationAnswer, trouble: string | undefined): ActPage {
  const { pod_name: name, pod_id: id, steps, words } = operation;
  const isWell = operation.state === "running" || operation.state === "done";
  return {
    title: `${stateWords(operation)}: ${podWords({ id, name })}`,
    body: html`${
        steps.length === 0
          ? undefined
          : html`<ol>
              ${steps.map(stepOf)}
            </ol> `
      }${words === null ? undefined : html`<p class="${isWell ? "done" : "warn"}">${words}</p> `}${
        trouble === undefined
          ? undefined
          : html`<p class="warn">
              That this button was used could not be written down, so it may work once more after a
              restart: ${trouble}
            </p> `
      }
      <p class="soft">
        ${
          operation.state === "running"
            ? "This page follows it by itself; it goes on without the page, too."
            : "This button was used, and is good no more."
        } <a href="/">To the page</a>
      </p> `,
  };
}

function stepOf({ at, words }: OperationAnswer["steps"][number]) {
  return html`<li><time datetime="${at}">${at.slice(11, 19)} UTC</time>${words}</li> `;
}

function stateWords({ action, state }: OperationAnswer): string {
  const [doing, done] = {
    stop: ["Stopping", "Stopped"],
    terminate: ["Terminating", "Terminated"],
    extend: ["Extending", "Extended"],
    touch: ["Keeping", "Kept"],
  }[action] as [string, string];
  switch (state) {
    case "running":
      return doing;
    case "done":
      return done;
    case "refused":
      return "Not done";
    case "unproven":
      return "Not proven";
    case "interrupted":
      return "Interrupted";
  }
}

/** `Pod trainer (p1) no longer runs.` */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
