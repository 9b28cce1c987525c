import type { Section, Sections } from "../model/section.ts";
import type { ServerRef } from "../model/server.ts";
import type { ArmReader, CredentialReader, KnownCredentials, ResourceGraphReader } from "./collector.ts";
import { collected } from "./section.ts";
import { sectionOf } from "./sectionOf.ts";
import { collectVaults } from "./vaults.ts";

export type RotationSections = Pick<Sections, "credentials" | "credentialLogins" | "vaults">;

interface RotationSources {
  readonly credentials: CredentialReader;
  readonly arm: ArmReader;
  readonly resourceGraph: ResourceGraphReader;
}

/**
 * A server's credentials, as configured and as rotation saw them last, and their vaults as Resource Manager shows them.
 * The scanner has no right to any secret, not even to its metadata: what it knows of them is what the rotator wrote
 * down.
 */
export async function collectRotation(
  server: ServerRef,
  { credentials: reader, arm, resourceGraph }: RotationSources,
  signal: AbortSignal,
): Promise<RotationSections> {
  const known: Section<KnownCredentials> = await sectionOf(
    `credentials of server ${server.name}`,
    async () => [await reader.read(server, signal)],
    signal,
  );
  if (known.state === "unavailable") return { credentials: known, credentialLogins: known, vaults: known };
  const credentials = known.items.flatMap((item) => item.credentials);
  const uris = new Set(credentials.flatMap(({ published, pending }) => [published.vault, pending.vault]));
  const what = `vaults of server ${server.name}`;
  return {
    credentials: collected(credentials),
    credentialLogins: collected(known.items.flatMap(({ logins }) => logins)),
    vaults: await sectionOf(what, () => collectVaults([...uris], arm, resourceGraph, signal), signal),
  };
}
