import { type AccessAnswer, accessAnswer } from "../access/accessAnswer.ts";
import { accessInput } from "../access/accessInput.ts";
import { accessTarget } from "../access/accessTarget.ts";
import type { ScanPorts } from "./scanPorts.ts";
import { storedPosture } from "./storedPosture.ts";
import { findServer } from "./storedServers.ts";

export interface AccessQuestion {
  /** Name or ARM id. */
  readonly server: string;
  /** A role, an attribute or an object, as `accessTarget` takes it. */
  readonly to: string;
  readonly database: string | undefined;
}

export type ServerAccess =
  | { readonly outcome: "answered"; readonly id: string; readonly takenAt: string; readonly answer: AccessAnswer }
  | { readonly outcome: "notScanned" }
  /** The target is nothing that the snapshot has; a sentence. */
  | { readonly outcome: "noTarget"; readonly fault: string }
  /** The last scan could not read what an answer needs; a sentence. */
  | { readonly outcome: "notRead"; readonly fault: string };

/** Who could reach a target when the server was last scanned. */
export async function serverAccess(
  { server, to, database }: AccessQuestion,
  { store, config }: Pick<ScanPorts, "store" | "config">,
  signal: AbortSignal,
): Promise<ServerAccess> {
  const stored = await findServer(server, store, signal);
  if (stored === undefined) return { outcome: "notScanned" };
  const { takenAt, snapshot, result } = stored.latest;
  const { serverId: id, serverName: name } = result;
  const ref = { id, name, subscriptionId: "", resourceGroup: "", location: "", tags: {} };
  const posture = storedPosture(snapshot, { server: ref, takenAt, startDatabase: config.postgres.database });
  const input = accessInput(posture);
  if ("unavailable" in input) {
    const { section, detail } = input.unavailable;
    return { outcome: "notRead", fault: `Section ${section} of server ${name} is not known: ${detail}` };
  }
  const target = accessTarget(input, to, database);
  if ("fault" in target) return { outcome: "noTarget", fault: `Server ${name}: ${target.fault}` };
  return { outcome: "answered", id, takenAt, answer: accessAnswer(input, target) };
}
