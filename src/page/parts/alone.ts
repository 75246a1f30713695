import { element, type Element } from "#page/dom/element.ts";

/** Nothing is shown to whoever may not see it any more. */
export function loggedOut(): readonly Element[] {
  return [
    alone(
      "You are logged out",
      "The daemon does not know this browser any more: its token may have been changed, 30 days may have passed, or the browser was told to forget.",
      element("a", { class: "button yes", href: "login" }, "Log in"),
    ),
  ];
}

/** Better nothing than half of it. */
export function cannotShow(): readonly Element[] {
  return [
    alone(
      "This page cannot show what the daemon says",
      "It may be of another version than the daemon. In a terminal, runpodboss status shows the same.",
      element("button", { type: "button", class: "button yes", "data-do": "reload" }, "Reload"),
    ),
  ];
}

function alone(title: string, words: string, way: Element): Element {
  return element(
    "main",
    { key: title, class: "alone" },
    element("h1", {}, title),
    element("p", {}, words),
    element("p", {}, way),
  );
}
