import { brace, split } from "./syntax.ts";

const most = 64;
const marked = /[\uE004-\uE006]/;

/** Where the brace that opens at `from` closes, and the commas between; undefined where it does not. */
function insideOf(value: string, from: number) {
  let depth = 0;
  const commas: number[] = [];
  for (let at = from; at < value.length; at += 1) {
    const char = value[at];
    if (char === brace.open) depth += 1;
    else if (char === brace.comma && depth === 1) commas.push(at);
    else if (char === brace.close) {
      depth -= 1;
      if (depth === 0) return { close: at, commas };
    }
  }
  return undefined;
}

function plain(value: string): string {
  return value
    .replaceAll(brace.open, "{")
    .replaceAll(brace.comma, ",")
    .replaceAll(brace.close, "}");
}

function expanded(value: string, room: { left: number }): readonly string[] {
  const open = value.indexOf(brace.open);
  if (open === -1 || room.left <= 0) return [plain(value)];
  const inside = insideOf(value, open);
  if (inside === undefined || inside.commas.length === 0) {
    const rest = expanded(value.slice(open + 1), room);
    const before = `${plain(value.slice(0, open))}{`;
    return rest.map((each) => before + each);
  }
  const cuts = [open, ...inside.commas, inside.close];
  const middle = cuts
    .slice(1)
    .flatMap((cut, index) => expanded(value.slice((cuts[index] ?? 0) + 1, cut), room));
  room.left -= middle.length;
  const before = plain(value.slice(0, open));
  const after = expanded(value.slice(inside.close + 1), room);
  return middle.flatMap((each) => after.map((rest) => before + each + rest)).slice(0, most);
}

/** The words that a shell makes of a value: braces written out, then split where it splits. */
export function fieldsOf(value: string): readonly string[] {
  const isFew = value.length < 20_000 && value.split(brace.open).length < 200;
  const values = isFew && marked.test(value) ? expanded(value, { left: most }) : [unmarked(value)];
  return values.flatMap((each) =>
    each.includes(split) ? each.split(split).filter((field) => field !== "") : [each],
  );
}

/** Of what is no word of a command: its braces are only braces. */
export function unmarked(value: string): string {
  return marked.test(value) ? plain(value) : value;
}
