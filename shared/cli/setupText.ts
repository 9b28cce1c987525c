import type { Credential, CredentialServer } from "../model/credential.ts";
import { statementText } from "../rotate/setup/setupStatement.ts";
import { vaultCommands } from "../rotate/setup/vaultCommands.ts";
import type { SetupResult } from "../runs/setUpCredential.ts";

export interface SetupContext {
  readonly credential: Credential;
  readonly server: CredentialServer;
  /** The rotator's role. */
  readonly rotator: string;
}

/** A script: SQL for psql, then commands for Azure CLI. */
export function setupText(
  { statements, applied }: Pick<SetupResult, "statements" | "applied">,
  context: SetupContext,
): string {
  const { credential, server } = context;
  return [
    ...(credential.strategy === "admin" ? [] : [...sqlLines({ statements, applied }, context), ""]),
    `# Key Vault: a role with the least actions, assigned on the secrets of ${credential.name} alone.`,
    ...vaultCommands(credential, server),
  ].join("\n");
}

function sqlLines(
  { statements, applied }: Pick<SetupResult, "statements" | "applied">,
  { credential, server, rotator }: SetupContext,
): readonly string[] {
  if (statements.length === 0) return [`-- Server ${server.name} has everything that ${credential.name} needs.`];
  const head = applied
    ? `-- Done on server ${server.name}:`
    : `-- Server ${server.name}: psql as a Microsoft Entra administrator; ${rotator} is the role of the rotator's identity.`;
  return [
    head,
    String.raw`\connect "postgres"`,
    ...statements.map((statement) =>
      statement.optional === true
        ? `-- Names the applications that still use a role; where it is refused, leave it out.\n${statementText(statement)}`
        : statementText(statement),
    ),
  ];
}
