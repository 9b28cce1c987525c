import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { ConfigSchema } from "../shared/config/configSchema.ts";
import { environmentVariables } from "../shared/config/environment.ts";
import { markdownTable } from "./markdown.ts";

/** What is used of a JSON Schema. */
const Node = v.looseObject({
  type: v.optional(v.string()),
  title: v.optional(v.string()),
  description: v.optional(v.string()),
  default: v.optional(v.unknown()),
  required: v.optional(v.array(v.string()), []),
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
  items: v.optional(v.unknown()),
  anyOf: v.optional(v.array(v.unknown())),
  additionalProperties: v.optional(v.unknown()),
});
type Node = v.InferOutput<typeof Node>;

/** The files that follow from the schema, by path; a test compares them with those in the repository. */
export function configurationDocs(): ReadonlyMap<string, string> {
  // Checks that JSON Schema has no words for are left to pgwarden itself.
  const schema = toJsonSchema(ConfigSchema, { typeMode: "input", errorMode: "ignore", target: "draft-07" });
  return new Map([
    ["docs/pgwarden.schema.json", `${layout({ ...schema, title: "pgwarden.yaml" })}\n`],
    ["docs/configuration.md", page(v.parse(Node, schema))],
  ]);
}

function page(schema: Node): string {
  return `# Configuration

Generated from \`shared/config\` by \`npx tsx infra/writeConfigurationDocs.ts\`; a test keeps it current.

pgwarden reads one YAML file and a few environment variables. Neither holds a secret. Every fault is reported at once,
with its line, its path and what is allowed there; an unknown key is a fault. Editors complete and check the file with
the first line \`# yaml-language-server: $schema=<path>/docs/pgwarden.schema.json\`.

## pgwarden.yaml

${markdownTable(["key", "allowed", "default", "meaning"], rowsOf(schema, ""))}

A waiver whose day has come, or that matches no finding, is itself a finding. Ids and names of servers are compared
without case; names of roles and databases exactly.

## Environment variables

${markdownTable(
  ["variable", "default", "meaning"],
  environmentVariables.map((variable) => [
    `\`${variable.name}\``,
    variable.default === "none" || variable.default.startsWith("from ") ? variable.default : `\`${variable.default}\``,
    variable.meaning,
  ]),
)}

An empty variable counts as not set. Outside Azure, without a managed identity, pgwarden acts as whoever signed in:
\`AZURE_CLIENT_ID\`, \`AZURE_TENANT_ID\` and a secret or certificate, or else \`az login\`, \`azd auth login\`,
\`Connect-AzAccount\`, in this order.
`;
}

/** One row per key that holds a value; mappings and lists of mappings show their keys. */
function rowsOf(node: Node, path: string): readonly (readonly string[])[] {
  return Object.entries(node.properties).flatMap(([key, inner]) => {
    const child = v.parse(Node, inner);
    const name = path === "" ? key : `${path}.${key}`;
    const value = valueOf(child);
    const item = v.parse(Node, value.items ?? {});
    const hasOwnRow = child.description !== undefined;
    const row = [
      `\`${name}\``,
      allowedOf(child),
      defaultOf(child, node.required.includes(key)),
      child.description ?? "",
    ];
    return [...(hasOwnRow ? [row] : []), ...rowsOf(value, name), ...rowsOf(item, `${name}[]`)];
  });
}

/** What a nullable value is when it is not null. */
function valueOf(node: Node): Node {
  const options = (node.anyOf ?? []).map((option) => v.parse(Node, option));
  return options.find(({ type }) => type !== "null") ?? node;
}

function allowedOf(node: Node): string {
  const value = valueOf(node);
  const nothing = node.anyOf === undefined ? "" : ", or null";
  if (value.items !== undefined) {
    const { title } = v.parse(Node, value.items);
    return `a list: ${title ?? "each a mapping"}${nothing}`;
  }
  return `${value.title ?? "a mapping"}${nothing}`;
}

function defaultOf(node: Node, isRequired: boolean): string {
  if (node.default === undefined) return isRequired ? "required" : "none";
  if (Array.isArray(node.default) && node.default.length > 3) return `${node.default.length} names`;
  return `\`${JSON.stringify(node.default)}\``;
}

const width = 120;

/** JSON as prettier lays it out: objects open, short lists of plain values on one line. */
function layout(value: unknown, indent = "", before = 0): string {
  if (Array.isArray(value)) {
    const oneLine = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
    const isPlain = value.every((item) => typeof item !== "object" || item === null);
    if (isPlain && indent.length + before + oneLine.length + 1 <= width) return oneLine;
    return enclosed(
      "[",
      value.map((item) => layout(item, `${indent}  `)),
      "]",
      indent,
    );
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${name}${layout(inner, `${indent}  `, name.length)}`;
  });
  return entries.length === 0 ? "{}" : enclosed("{", entries, "}", indent);
}

function enclosed(open: string, items: readonly string[], close: string, indent: string): string {
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}
