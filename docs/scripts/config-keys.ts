import { jsonSchema } from "#config/schema.ts";

/** What is used of the config's JSON Schema. */
interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  /** Of objects that differ by their `type`. */
  readonly oneOf?: readonly Node[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ConfigKey {
  readonly name: string;
  readonly isRequired: boolean;
  /** As JSON; undefined when there is none. */
  readonly default: string | undefined;
  /** What it means, and between which values it must be. */
  readonly meaning: string;
}

const root: Node = jsonSchema();

/**
 * The keys of the object at a place in the config: `guards.idle`, `thresholds[]`; "." is the whole. Where
 * objects differ by their `type`, `notify[]` has the keys of all of them, and `notify[ntfy]` has its own.
 */
export function keysAt(place: string): readonly ConfigKey[] {
  const { properties = {}, required = [] } = objectIn(nodeAt(place));
  return Object.entries(properties).map(([name, node]) => ({
    name,
    isRequired: required.includes(name) && node.default === undefined,
    default: node.default === undefined ? undefined : JSON.stringify(node.default),
    meaning: meaningOf(node),
  }));
}

/** Every place in the config that has keys of its own. */
export function placesInConfig(place = "."): readonly string[] {
  const inner = Object.entries(objectIn(nodeAt(place)).properties ?? {}).flatMap(([name, node]) => {
    const at = place === "." ? name : `${place}.${name}`;
    if (objectIn(node).properties !== undefined) return placesInConfig(at);
    const kinds = (node.items?.oneOf ?? []).map((kind) => `${at}[${kindsOf(kind).join("|")}]`);
    const hasKeys = kinds.length > 0 || objectIn(node.items ?? {}).properties !== undefined;
    return hasKeys ? [...placesInConfig(`${at}[]`), ...kinds] : [];
  });
  return [place, ...inner];
}

function nodeAt(place: string): Node {
  const steps = place.split(/\.|(?=\[)/).filter((step) => step !== "");
  return steps.reduce((node, step) => {
    const inside = objectIn(node);
    const next = step.startsWith("[")
      ? itemOf(inside, step.slice(1, -1))
      : inside.properties?.[step];
    if (next === undefined) throw new Error(`the config has no ${place}`);
    return next;
  }, root);
}

function itemOf({ items }: Node, kind: string): Node | undefined {
  const options = items?.oneOf;
  if (options === undefined) return items;
  const common = commonOf(options);
  if (kind === "") return common;
  const option = options.find((each) => kindsOf(each).join("|") === kind);
  const own = Object.entries(option?.properties ?? {}).filter(
    ([name]) => common.properties?.[name] === undefined,
  );
  return option && { ...option, properties: Object.fromEntries(own) };
}

/** What all of them have, with every `type` there is. */
function commonOf(options: readonly Node[]): Node {
  const [{ properties = {}, required = [] } = {}] = options;
  const shared = Object.entries(properties).filter(([name]) =>
    options.every((each) => each.properties?.[name] !== undefined),
  );
  const kinds = options.flatMap(kindsOf).join(", ");
  const type = { description: `The service: ${kinds}.` };
  return { properties: { ...Object.fromEntries(shared), type }, required };
}

function kindsOf({ properties }: Node): readonly string[] {
  const type = properties?.["type"];
  return type?.enum ?? (type?.const === undefined ? [] : [type.const]);
}

/** Whether a key may be null as well does not matter here. */
function objectIn(node: Node): Node {
  return node.anyOf?.[0] ?? node;
}

function meaningOf(node: Node): string {
  const { description = "" } = node;
  const limits = limitsOf(node, description);
  return limits === "" ? description : `${description.replace(/\.$/, "")} (${limits}).`;
}

function limitsOf(
  { minimum = 0, maximum = Infinity, enum: words }: Node,
  description: string,
): string {
  if (words !== undefined) {
    return words.filter((word) => !description.includes(word)).join(", ");
  }
  const hasTop = maximum < Number.MAX_SAFE_INTEGER;
  if (minimum > 0) return hasTop ? `${minimum} to ${maximum}` : `at least ${minimum}`;
  return hasTop ? `at most ${maximum}` : "";
}
