import { element, type Element } from "#page/dom/element.ts";
import type { Meeting } from "./forecast.ts";
import { type Range, ranges } from "./ranges.ts";
import type { Row } from "./rows.ts";
import { meetingWords, type When } from "./words.ts";

/** What stands around the plot. */
export interface Frame {
  readonly range: Range;
  readonly summary: string;
  /** Why there is no curve, or not all of it. */
  readonly note: string | undefined;
  /** Something has failed: it is said at once. */
  readonly trouble: string | undefined;
  readonly hasCurve: boolean;
  readonly meets: readonly Meeting[];
  readonly rows: readonly Row[];
  readonly reading: string;
  readonly when: When;
}

const hint = "Left and right move along the curve, Page Up and Page Down by a tenth of it.";

export function frameOf(frame: Frame): readonly Element[] {
  const { range, hasCurve } = frame;
  return [
    element("h2", { key: "title", id: "curve-title" }, "Balance over time"),
    element(
      "div",
      { key: "ranges", class: "ranges", role: "group", "aria-label": "How far back" },
      ranges.map(({ name, label }) =>
        element(
          "button",
          {
            key: name,
            type: "button",
            "data-range": name,
            "aria-pressed": String(name === range.name),
          },
          label,
        ),
      ),
    ),
    element("p", { key: "trouble", class: "trouble", role: "status" }, frame.trouble),
    element("div", {
      key: "plot",
      class: "plot",
      "data-island": true,
      hidden: !hasCurve,
      tabindex: 0,
      role: "application",
      "aria-roledescription": "chart",
      "aria-label": `Balance over ${range.words}`,
      "aria-describedby": "curve-summary curve-hint",
    }),
    element("p", { key: "reading", class: "reading", hidden: !hasCurve }, frame.reading),
    element("p", { key: "hint", id: "curve-hint", hidden: true }, hint),
    meetings(frame),
    element("p", { key: "note", class: "note" }, frame.note),
    element("p", { key: "summary", id: "curve-summary", class: "note" }, frame.summary),
    table(frame),
  ];
}

function meetings({ meets, when }: Frame): Element {
  return element(
    "ul",
    {
      key: "meets",
      class: "meets",
      "aria-label": "At the present burn",
      hidden: meets.length === 0,
    },
    meets.map((each) =>
      element("li", { key: each.name }, element("bdi", {}, meetingWords(each, when))),
    ),
  );
}

function table({ rows, range, hasCurve }: Frame): Element {
  const heading = (words: string) => element("th", { scope: "col" }, words);
  return element(
    "details",
    { key: "table", hidden: !hasCurve },
    element("summary", {}, "The curve as a table"),
    element(
      "table",
      {},
      element("caption", { class: "visually-hidden" }, `The balance in ${range.words}`),
      element("thead", {}, element("tr", {}, heading("When"), heading("Balance"), heading("What"))),
      element(
        "tbody",
        {},
        rows.map((row, n) =>
          element(
            "tr",
            { key: n },
            element("th", { scope: "row" }, row.when),
            element("td", {}, row.usd),
            element("td", {}, row.what),
          ),
        ),
      ),
    ),
  );
}
