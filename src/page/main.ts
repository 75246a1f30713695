import type { StatusAnswer } from "#http/contract/status.ts";

/** The page's first words, until the first answer comes. */
export function show(status: StatusAnswer | undefined): void {
  document.title = status === undefined ? "runpodboss" : `runpodboss ${status.version}`;
}

show(undefined);
