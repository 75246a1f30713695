import { webhookJsonSchema } from "#notify/services/webhook-schema.ts";

/** What is used of the webhook's JSON Schema. */
interface Node {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly const?: unknown;
}

export interface WebhookKey {
  /** `pods[].id` */
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

/** Every key of what a webhook is sent, as it stands in the schema. */
export function webhookKeys(node: Node = webhookJsonSchema(), before = ""): readonly WebhookKey[] {
  const inner = objectIn(node);
  return Object.entries(inner.properties ?? {}).flatMap(([name, each]) => [
    { name: `${before}${name}`, type: typeOf(each), meaning: each.description ?? "" },
    ...webhookKeys(each.items ?? each, `${before}${name}${each.items === undefined ? "." : "[]."}`),
  ]);
}

/** Whether it may be null as well does not matter here. */
function objectIn(node: Node): Node {
  return node.anyOf?.find(({ properties }) => properties !== undefined) ?? node;
}

function typeOf(node: Node): string {
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(" or ");
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.format === "date-time") return "time";
  return [node.type ?? ""].flat().join(" or ");
}
