import { armRights } from "../shared/collect/rights.ts";
import { administratorActions, secretActions } from "../shared/rotate/setup/vaultCommands.ts";

interface RoleDefinition {
  readonly description: string;
  /** Of Azure Resource Manager. */
  readonly actions?: readonly string[];
  /** Of the service itself. */
  readonly dataActions?: readonly string[];
}

/** Built-in roles that the Bicep gives: id and what the product needs of them. */
export const builtInRoles = {
  "Log Analytics Data Reader": "3b03c2da-16b3-4a49-8834-0f8130efdd3b",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
  "Storage Queue Data Message Sender": "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
  "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
} as const;

/** The custom roles, each with no more than what is called; test/e2e/leastActions*.test.ts compare with the calls. */
export const roleDefinitions = {
  scanner: {
    description: "Reads what pgwarden judges of PostgreSQL flexible servers. Writes nothing, reads no data.",
    actions: armRights.map(({ name }) => name),
  },
  adminRotator: {
    description: "Resets the administrator's password of PostgreSQL flexible servers for pgwarden.",
    actions: administratorActions,
  },
  secretWriter: {
    description: "Writes and reads the secrets that pgwarden rotates. Deletes nothing.",
    dataActions: secretActions,
  },
  // Neither write nor delete: a line that stands cannot be replaced, nor the blob that it stands in.
  auditAppender: {
    description: "Reads the audit log of pgwarden and adds lines at its end. Replaces and deletes nothing.",
    dataActions: [
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
    ],
  },
  // Asked for by the Functions host's health check.
  containerLister: {
    description: "Lists the containers of pgwarden's storage account. Reads nothing in them.",
    actions: ["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
  },
} as const satisfies Readonly<Record<string, RoleDefinition>>;
