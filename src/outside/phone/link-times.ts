import type { Link } from "#http/links/link.ts";

/** The same link with its times by another clock. */
export function shiftedLink(link: Link, byMs: number): Link {
  const madeAtMs = link.madeAtMs + byMs;
  if (byMs === 0 || link.action === "on-it") return { ...link, madeAtMs };
  const { about } = link;
  const isTimed = about.kind === "guard" || about.kind === "threshold";
  return {
    ...link,
    madeAtMs,
    about: isTimed ? { ...about, atMs: about.atMs + byMs } : about,
  };
}
