import type { Child, Element as Described } from "./element.ts";

const svgTags: ReadonlySet<string> = new Set(["svg", "path", "circle"]);
const made = new WeakMap<Node, Child>();

/**
 * Makes the children of a node what is described, and touches only what differs: what has the focus,
 * is selected, opened or scrolled stays so. Of an element with `data-island` the inside is another's.
 */
export function patch(parent: Element, children: readonly Child[]): void {
  const focused = document.activeElement;
  patchChildren(parent, children);
  // An element that was moved has lost the focus.
  if (
    focused !== document.activeElement &&
    focused instanceof HTMLElement &&
    parent.contains(focused)
  ) {
    focused.focus({ preventScroll: true });
  }
}

function patchChildren(parent: Element, children: readonly Child[]): void {
  if (isSameRow(parent.childNodes, children)) {
    for (const [n, child] of children.entries()) {
      const node = parent.childNodes[n];
      if (node !== undefined) update(node, child);
    }
    return;
  }
  const old = oldNodes(parent);
  const nodes = children.map((child) => {
    const same = old.take(child);
    if (same === undefined) return create(child);
    update(same, child);
    return same;
  });
  // First what goes, so that what stays in its order need not move.
  for (const node of old.left()) node.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** As nearly always: nothing came, went or moved. */
function isSameRow(nodes: NodeListOf<ChildNode>, children: readonly Child[]): boolean {
  return nodes.length === children.length && children.every((child, n) => isOf(nodes[n], child));
}

function isOf(node: ChildNode | undefined, child: Child): boolean {
  const before = node === undefined ? undefined : made.get(node);
  if (before === undefined) return false;
  if (typeof before === "string" || typeof child === "string") {
    return typeof before === typeof child;
  }
  return before.tag === child.tag && before.key === child.key;
}

/** The nodes that are there, each given once, to whatever is still the same. */
function oldNodes(parent: Element) {
  const byName = new Map<string, ChildNode[]>();
  for (const node of parent.childNodes) {
    const child = made.get(node);
    const name = child === undefined ? "" : nameOf(child);
    byName.set(name, [...(byName.get(name) ?? []), node]);
  }
  return {
    take: (child: Child): ChildNode | undefined => byName.get(nameOf(child))?.shift(),
    left: (): readonly ChildNode[] => [...byName.values()].flat(),
  };
}

function nameOf(child: Child): string {
  return typeof child === "string" ? "#text" : `${child.tag} ${child.key ?? ""}`;
}

function create(child: Child): ChildNode {
  if (typeof child === "string") {
    const text = document.createTextNode(child);
    made.set(text, child);
    return text;
  }
  const node = svgTags.has(child.tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", child.tag)
    : document.createElement(child.tag);
  for (const [name, value] of Object.entries(child.attributes)) node.setAttribute(name, value);
  patchChildren(node, child.children);
  made.set(node, child);
  return node;
}

function update(node: ChildNode, child: Child): void {
  const before = made.get(node);
  if (before === child) return;
  made.set(node, child);
  if (typeof child === "string") {
    node.nodeValue = child;
  } else if (node instanceof Element && typeof before === "object") {
    updateElement(node, before, child);
  }
}

function updateElement(node: Element, before: Described, now: Described): void {
  for (const name of Object.keys(before.attributes)) {
    if (!(name in now.attributes)) node.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(now.attributes)) {
    if (before.attributes[name] !== value) node.setAttribute(name, value);
  }
  if (!("data-island" in now.attributes)) patchChildren(node, now.children);
}
