import type { Credential, CredentialServer, SecretRef } from "../../model/credential.ts";

/** What rotation does to a secret; no delete, no purge, no backup: who steals them can replace, and versions stay. */
export const secretActions: readonly string[] = ["getSecret", "readMetadata", "recover", "setSecret", "update"].map(
  (action) => `Microsoft.KeyVault/vaults/secrets/${action}/action`,
);

/** Only the whole server can be written: Azure has no finer action for its administrator's password. */
export const administratorActions: readonly string[] = [
  "Microsoft.DBforPostgreSQL/flexibleServers/read",
  "Microsoft.DBforPostgreSQL/flexibleServers/write",
  "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
];

/**
 * Commands for Azure CLI: the custom roles with the least actions, and their assignments on exactly the two secrets of
 * the credential, and for strategy `admin` on its server.
 */
export function vaultCommands(
  { strategy, published, pending }: Pick<Credential, "strategy" | "published" | "pending">,
  { id }: Pick<CredentialServer, "id">,
): readonly string[] {
  const subscription = id.split("/").slice(0, 3).join("/");
  const rotator = "<object id of the rotator's identity>";
  const vault = [
    definition(
      "pgwarden rotator",
      "Rotates the secrets that it is assigned on.",
      { DataActions: secretActions },
      subscription,
    ),
    ...[published, pending].map((secret) => assignment("pgwarden rotator", rotator, scopeOf(secret))),
  ];
  if (strategy !== "admin") return vault;
  const administrator = "<object id of the administrator's rotator>";
  return [
    ...vault,
    definition(
      "pgwarden administrator rotator",
      "Changes the password of the administrator on the servers that it is assigned on.",
      { Actions: administratorActions },
      subscription,
    ),
    assignment("pgwarden administrator rotator", administrator, id),
  ];
}

function definition(
  name: string,
  description: string,
  actions: { readonly Actions?: readonly string[]; readonly DataActions?: readonly string[] },
  scope: string,
): string {
  const role = {
    Name: name,
    IsCustom: true,
    Description: description,
    Actions: [],
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    ...actions,
    AssignableScopes: [scope],
  };
  return `az role definition create --role-definition '${JSON.stringify(role)}'`;
}

function assignment(role: string, objectId: string, scope: string): string {
  return (
    `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal ` +
    `--role "${role}" --scope "${scope}"`
  );
}

/** Vaults are known by address; their resource ids Azure CLI knows. */
function scopeOf({ vault, name }: SecretRef): string {
  const [label = ""] = new URL(vault).hostname.split(".");
  return `$(az keyvault show --name ${label} --query id --output tsv)/secrets/${name}`;
}
