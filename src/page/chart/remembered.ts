import { day, type Range, rangeNamed } from "./ranges.ts";

const key = "runpodboss.curve";

/** What was last chosen in this browser, where it remembers anything. */
export function rememberedRange(): Range {
  try {
    return rangeNamed(localStorage.getItem(key)) ?? day;
  } catch {
    return day;
  }
}

export function rememberRange({ name }: Range): void {
  try {
    localStorage.setItem(key, name);
  } catch {
    // A browser that keeps nothing shows the day again.
  }
}
