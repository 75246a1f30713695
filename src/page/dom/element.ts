/** What an element is to be, as data: `patch` makes the document so. Words become text nodes, never markup. */
export interface Element {
  readonly tag: string;
  /** Names it among its siblings, so that it stays the same element wherever it moves. */
  readonly key: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Child[];
}

export type Child = Element | string;

/** What may stand where a child does: nothing, or several. */
export type Children = Child | false | null | undefined | readonly Children[];

/** `true` is an attribute without a value; `false` and undefined are none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What would make words into code or style. */
const forbidden = /^(?:on|style$|srcdoc$)/i;

/** Throws for an attribute that would run or style what its words say: a bug of ours. */
export function element(
  tag: string,
  { key, ...attributes }: Attributes = {},
  ...children: readonly Children[]
): Element {
  return {
    tag,
    key: key === undefined ? undefined : String(key),
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) => {
        if (forbidden.test(name)) throw new Error(`no element may have the attribute ${name}`);
        return value === undefined || value === false
          ? []
          : [[name, value === true ? "" : String(value)]];
      }),
    ),
    children: flat(children),
  };
}

/** The words of it, as a person who reads all of them would. */
export function textOf(child: Child): string {
  if (typeof child === "string") return child;
  return child.children.map(textOf).join("");
}

function flat(children: Children): readonly Child[] {
  if (children === false || children === null || children === undefined) return [];
  if (typeof children === "string") return children === "" ? [] : [children];
  return "tag" in children ? [children] : children.flatMap(flat);
}
