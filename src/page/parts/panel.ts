import { type Children, element, type Element } from "#page/dom/element.ts";

/** A part of the page under a heading of its own, which names it to who hears the page. */
export function panel({ key, title, looks = "" }: Panel, ...inside: readonly Children[]): Element {
  const heading = `${key}-title`;
  return element(
    "section",
    { key, class: `panel ${looks}`.trim(), "aria-labelledby": heading },
    element("h2", { id: heading }, title),
    inside,
  );
}

interface Panel {
  /** Of it alone, among all of the page. */
  readonly key: string;
  readonly title: string;
  /** A class beside that of all panels. */
  readonly looks?: string;
}
