import { styleText } from "node:util";
import type { Context } from "./context.ts";

type Brush = (text: string) => string;

export interface Paint {
  readonly red: Brush;
  readonly yellow: Brush;
  readonly bold: Brush;
}

const plain: Brush = (text) => text;

/** Colours on a terminal, unless NO_COLOR is set. */
export function paintFor({ env, screen }: Pick<Context, "env" | "screen">): Paint {
  if (screen() === undefined || env["NO_COLOR"] !== undefined) {
    return { red: plain, yellow: plain, bold: plain };
  }
  // That it is a terminal was seen above: newer Nodes would look at it again.
  const brush = (style: "red" | "yellow" | "bold") => (text: string) =>
    styleText(style, text, { validateStream: false });
  return { red: brush("red"), yellow: brush("yellow"), bold: brush("bold") };
}
