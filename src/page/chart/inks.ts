const names = ["line", "ahead", "limit", "words", "grid", "ground"] as const;

export type Ink = (typeof names)[number];

export interface Inks {
  /** To stand in the page, unseen: what the style sheet says of them is what is drawn with. */
  readonly elements: readonly HTMLElement[];
  readonly of: (ink: Ink) => string;
}

/** The colours that the style sheet gives: of light and dark, and of those that people choose for all pages. */
export function createInks(): Inks {
  const elements = names.map((name) => {
    const element = document.createElement("span");
    element.className = "ink";
    element.dataset["ink"] = name;
    element.hidden = true;
    return element;
  });
  return {
    elements,
    of: (ink) => {
      const element = elements[names.indexOf(ink)];
      return element === undefined ? "" : getComputedStyle(element).color;
    },
  };
}

const looks = [
  "(prefers-color-scheme: dark)",
  "(forced-colors: active)",
  "(prefers-contrast: more)",
];

/** Calls whenever the colours are others. */
export function onNewInks(call: () => void): void {
  for (const look of looks) matchMedia(look).addEventListener("change", call);
}
