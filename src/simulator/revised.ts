import type { Answer } from "./sending.ts";

const notJson = "@@not-json@@";
const page = "<!DOCTYPE html><html><body><h1>Please wait</h1></body></html>";

export function html(status: number): Answer {
  return { status, type: "text/html", body: page };
}

/** The answer with every field of this key changed; an alias escapes. */
export function revised(answer: Answer, field: string, change: (old: unknown) => unknown): Answer {
  if (answer.body === "") return answer;
  const value: unknown = JSON.parse(answer.body, (key, old: unknown) =>
    key === field ? change(old) : old,
  );
  return { ...answer, body: JSON.stringify(value) };
}

export function nulled(answer: Answer, ...fields: readonly string[]): Answer {
  return fields.reduce((before, field) => revised(before, field, () => null), answer);
}

/** For what JavaScript would not write as JSON. */
export function withLiteral(answer: Answer, field: string, literal: string): Answer {
  const marked = revised(answer, field, () => notJson);
  return { ...marked, body: marked.body.replace(JSON.stringify(notJson), literal) };
}

/** A first row without a usable id, and a last one that is no row. */
export function withBrokenRow(rows: unknown): unknown {
  return Array.isArray(rows) ? [{ id: 5 }, ...(rows.slice(1) as unknown[]), null] : rows;
}

/** Rows whose ids have another name. */
export function withRenamedIds(rows: unknown): unknown {
  return Array.isArray(rows)
    ? rows.map(({ id, ...row }: { id: string }) => ({ ...row, uid: id }))
    : rows;
}
