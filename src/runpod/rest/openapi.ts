import { isJson, type Json } from "#runpod/readings.ts";

/** A reference to a reference to…: more is a circle, or not RunPod's. */
const deepest = 8;
/** Paths that are looked at, and of those that fit; RunPod has some 40, and one fits. */
const mostPaths = 5_000;
const mostFound = 3;
/** Of one answer's schema. */
const mostParts = 64;

/**
 * The paths of an OpenAPI document that can be read without knowing more than them, and whose good answer
 * has this field at its top.
 */
export function pathsWith(document: Json, field: string): readonly string[] {
  const { paths } = document;
  if (!isJson(paths)) return [];
  const found: string[] = [];
  for (const path of Object.keys(paths).slice(0, mostPaths)) {
    if (found.length === mostFound) break;
    const item = deref(paths[path], document);
    const get = deref(item?.["get"], document);
    if (path.includes("{") || get === undefined || needsMore([item, get], document)) continue;
    if (hasField(schemaOf(get, document), field, document)) found.push(path);
  }
  return found;
}

function needsMore(owners: readonly (Json | undefined)[], document: Json): boolean {
  return owners.some((owner) => {
    const list: unknown = owner?.["parameters"];
    return Array.isArray(list) && list.some((each) => deref(each, document)?.["required"] === true);
  });
}

function schemaOf(operation: Json, document: Json): unknown {
  const responses = deref(operation["responses"], document);
  const good = deref(responses?.["200"], document);
  const content = deref(good?.["content"], document);
  if (content === undefined) return undefined;
  const json = Object.keys(content).find((type) => /^application\/json\b/i.test(type));
  return json === undefined ? undefined : deref(content[json], document)?.["schema"];
}

/** Also in the parts that a schema is made of. Each part is looked at once: parts may refer to each other. */
function hasField(schema: unknown, field: string, document: Json): boolean {
  const waiting: unknown[] = [schema];
  const seen = new Set<Json>();
  while (waiting.length > 0 && seen.size < mostParts) {
    const found = deref(waiting.pop(), document);
    if (found === undefined || seen.has(found)) continue;
    seen.add(found);
    const { properties, allOf } = found;
    if (isJson(properties) && Object.hasOwn(properties, field)) return true;
    if (Array.isArray(allOf)) waiting.push(...(allOf.slice(0, mostParts) as unknown[]));
  }
  return false;
}

/** What stands there, or what it refers to within the document. */
function deref(value: unknown, document: Json): Json | undefined {
  let at = value;
  for (let n = 0; n < deepest; n += 1) {
    if (!isJson(at)) return undefined;
    const { $ref: reference } = at;
    if (typeof reference !== "string") return at;
    at = pointedAt(reference, document);
  }
  return undefined;
}

/** A JSON pointer; another document is never fetched. */
function pointedAt(reference: string, document: Json): unknown {
  if (!reference.startsWith("#/")) return undefined;
  let at: unknown = document;
  for (const part of reference.slice(2).split("/", 16)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isJson(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}
