import type { RequestRecord } from "../../shared/local/emulator/requestRecord.ts";

type Call = Pick<RequestRecord, "method" | "path">;

const verbs: Readonly<Record<string, string>> = { GET: "read", PUT: "write", PATCH: "write", DELETE: "delete" };

/**
 * The action that Azure Resource Manager asks for before it answers, by its own rule: the provider and the types of the
 * path, without names, and a word for the method (learn.microsoft.com, "Azure resource provider operations").
 */
export function armAction({ method, path }: Call): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  const provider = segments.findLastIndex((segment) => segment.toLowerCase() === "providers");
  const [namespace, ...rest] = provider < 0 ? ["Microsoft.Resources", ...segments] : segments.slice(provider + 1);
  const types = rest.filter((_, index) => index % 2 === 0);
  if (method === "POST") return [namespace, ...types.slice(0, -1), types.at(-1), "action"].join("/");
  const verb = verbs[method];
  if (verb === undefined) throw new Error(`There is no action for ${method} ${path}.`);
  return [namespace, ...types, verb].join("/");
}

/** The data action of Key Vault for one request about secrets. */
export function vaultAction({ method, path }: Call): string {
  const [collection, name, last] = path.split("/").filter((segment) => segment !== "");
  const word = wordOf(method, collection ?? "", name, last);
  if (word === undefined) throw new Error(`There is no data action for ${method} ${path}.`);
  return `Microsoft.KeyVault/vaults/secrets/${word}/action`;
}

function wordOf(method: string, collection: string, name?: string, last?: string): string | undefined {
  if (collection === "deletedsecrets") {
    if (method === "POST") return last === "recover" ? "recover" : undefined;
    return method === "DELETE" ? "purge" : "readMetadata";
  }
  if (method === "PUT") return "setSecret";
  if (method === "PATCH") return "update";
  if (method === "DELETE") return "delete";
  if (method === "POST") return last === "backup" ? "backup" : undefined;
  return name === undefined || last === "versions" ? "readMetadata" : "getSecret";
}
