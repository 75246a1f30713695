import { element, type Element } from "#page/dom/element.ts";

/** Our own drawings, on a square of 24, in strokes. Words stand beside each: they are for the eye only. */
const drawings = {
  alarm: "M12 3.5 22 20.5H2Z M12 10v5 M12 17.8v.2",
  blind:
    "M3 3l18 18 M9.9 5.2A10 10 0 0 1 22 12a17 17 0 0 1-2.6 3.4 M6.5 6.7A16 16 0 0 0 2 12a10.5 10.5 0 0 0 15.400 5.400",
  check: "M4 12.5 9.5 18 20 6.5",
  clock: "M12 3a9 9 0 1 0 .01 0 M12 7.5V12l3 2",
  cross: "M6 6l12 12 M18 6 6 18",
  drill:
    "M9 3h6 M10 3v6L4.5 19a1.5 1.5 0 0 0 1.300 2.200h12.400a1.5 1.5 0 0 0 1.300-2.200L14 9V3 M7.5 15h9",
  flame:
    "M12 3c1 4 5.5 5.5 5.5 11a5.5 5.5 0 0 1-11 0c0-2.5 1.5-4 2-5.5 1 .8 1.5 1.5 1.800 2.5C11.5 9 12.5 6 12 3Z",
  idle: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  lock: "M6 11h12v9H6Z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  mute: "M3 3l18 18 M18 14V10a6 6 0 0 0-9.5-4.800 M6.200 8.5 6 10v4l-2 3h12 M10 20.5h4",
  pause: "M8 5v14 M16 5v14",
  play: "M7 4.5 19 12 7 19.5Z",
  plug: "M3 3l18 18 M9 3v3.5 M15 3v5 M18 8v3a6 6 0 0 1-.5 2.400 M6 8v3a6 6 0 0 0 8 5.600 M12 17v4",
  shield: "M12 3l8 3v5.5c0 4.5-3.300 8-8 9.5-4.700-1.5-8-5-8-9.5V6Z",
  unknown: "M8.5 9a3.5 3.5 0 1 1 5 3.200c-1 .5-1.5 1.200-1.5 2.300 M12 18v.2",
} as const;

export type Icon = keyof typeof drawings;

export function icon(name: Icon): Element {
  return element(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    element("path", { d: drawings[name] }),
  );
}
