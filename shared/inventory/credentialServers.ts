import * as v from "valibot";
import { collectServer } from "../collect/server.ts";
import { CollectError } from "../collect/collectError.ts";
import type { ArmReader } from "../collect/collector.ts";
import type { Credential, CredentialServer } from "../model/credential.ts";
import type { ServerRef } from "../model/server.ts";
import type { DiscoveredServers } from "./discoverServers.ts";

/** What was found out about a credential's server before; a hint, so that recovery needs no Resource Manager. */
export interface CredentialServerMemory {
  read(credential: string, signal: AbortSignal): Promise<CredentialServer | undefined>;
  write(credential: string, server: CredentialServer, signal: AbortSignal): Promise<void>;
}

export interface CredentialServerPorts {
  readonly arm: ArmReader;
  readonly memory: CredentialServerMemory;
  discover(signal: AbortSignal): Promise<DiscoveredServers>;
}

/** `missing`: the inventory is whole and has no such server. `unknown`: it could not be asked, and nothing is known. */
export type FoundServer =
  | { readonly state: "found"; readonly server: CredentialServer }
  | { readonly state: "missing" | "unknown"; readonly why: string };

/**
 * The server of a credential. What is remembered will do for running forward what was begun; a rotation asks Azure
 * Resource Manager again, and takes what is remembered only where that does not answer.
 *
 * @param fresh whether to ask although something is remembered
 */
export async function findCredentialServer(
  credential: Pick<Credential, "name" | "server">,
  fresh: boolean,
  ports: CredentialServerPorts,
  signal: AbortSignal,
): Promise<FoundServer> {
  // Without its memory it asks Azure: a hint that is lost must not be what recovery fails for.
  const remembered = await ports.memory.read(credential.name, signal).catch(() => undefined);
  // The configuration may name another server since.
  const known = remembered?.name.toLowerCase() === credential.server ? remembered : undefined;
  if (known !== undefined && !fresh) return { state: "found", server: known };

  const asked = await ask(credential, known, ports, signal);
  if (asked.state === "unknown" && known !== undefined) return { state: "found", server: known };
  if (asked.state === "found" && !isSame(asked.server, known))
    await ports.memory.write(credential.name, asked.server, signal).catch(() => undefined);
  return asked;
}

async function ask(
  credential: Pick<Credential, "name" | "server">,
  known: CredentialServer | undefined,
  ports: CredentialServerPorts,
  signal: AbortSignal,
): Promise<FoundServer> {
  const direct = known === undefined ? undefined : await readServer(referenceOf(known), ports.arm, signal);
  if (direct !== undefined && direct.state !== "missing") return direct;

  // New, or moved to another resource group: its name is unique, its id is not for ever.
  const { servers, coverage } = await ports.discover(signal);
  const found = servers.find(({ name }) => name.toLowerCase() === credential.server);
  if (found !== undefined) return await readServer(found, ports.arm, signal);
  const [gap] = coverage;
  if (gap !== undefined) return { state: "unknown", why: `Server ${credential.server} was not found: ${gap}` };
  return { state: "missing", why: `There is no server ${credential.server} in scope.` };
}

async function readServer(server: ServerRef, arm: ArmReader, signal: AbortSignal): Promise<FoundServer> {
  try {
    const { id, name, fqdn, administratorLogin } = await collectServer(server, arm, signal);
    if (fqdn === null) return { state: "unknown", why: `Server ${name} has no host name yet.` };
    return { state: "found", server: { id, name, host: fqdn, administratorLogin: administratorLogin ?? "" } };
  } catch (error) {
    if (v.isValiError(error))
      return { state: "unknown", why: `What Azure says of server ${server.name} is not understood.` };
    if (!(error instanceof CollectError)) throw error;
    const state = error.reason === "absent" ? "missing" : "unknown";
    return { state, why: error.message };
  }
}

function isSame(server: CredentialServer, known: CredentialServer | undefined): boolean {
  return (
    server.id === known?.id &&
    server.name === known.name &&
    server.host === known.host &&
    server.administratorLogin === known.administratorLogin
  );
}

function referenceOf({ id, name }: CredentialServer): ServerRef {
  const [, , subscriptionId = "", , resourceGroup = ""] = id.split("/");
  return { id, name, subscriptionId, resourceGroup, location: "", tags: {} };
}
