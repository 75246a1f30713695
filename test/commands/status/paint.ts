import type { Paint } from "#terminal/colors.ts";

/** Colours as words, so that a test can read them. */
export const paint: Paint = {
  red: (text) => `<red>${text}</red>`,
  yellow: (text) => `<yellow>${text}</yellow>`,
  bold: (text) => text,
};
