import { parseTree, type Node, type ParseError } from "jsonc-parser";

/** An answer as it went over the wire. */
export interface Sent {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * What an answer says of the balance, by other means than the product's: another JSON parser, and a
 * walk by hand. Undefined when it says nothing: not HTTP 2xx, not one whole JSON value, or no finite
 * number where the balance belongs. Of a key that is there twice the last counts, as in JavaScript.
 */
export function balanceIn({ status, body }: Sent): number | undefined {
  if (status < 200 || status > 299) return undefined;
  const value = valueAt(body.toString("utf8"), ["data", "myself", "clientBalance"]);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function valueAt(text: string, path: readonly string[]): unknown {
  try {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    if (errors.length > 0) return undefined;
    return path.reduce<Node | undefined>(last, root)?.value;
  } catch (error) {
    // It calls itself at each level and gives up on text that is nested 100,000 deep.
    if (!(error instanceof RangeError)) throw error;
    return valueAtByHand(text, path);
  }
}

function last(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== "object") return undefined;
  const property = node.children?.findLast(({ children }) => children?.[0]?.value === key);
  return property?.children?.[1];
}

function valueAtByHand(text: string, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>(
      (value, key) =>
        value instanceof Object && !Array.isArray(value) && Object.hasOwn(value, key)
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      JSON.parse(text),
    );
  } catch {
    return undefined;
  }
}
