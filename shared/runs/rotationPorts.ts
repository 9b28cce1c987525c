import type { FoundServer } from "../inventory/credentialServers.ts";
import type { Config } from "../model/config.ts";
import type { Credential, CredentialServer } from "../model/credential.ts";
import type { CredentialFacts } from "../rotate/publishedFacts.ts";
import type { ReplacedProof } from "../rotate/replacedSecret.ts";
import type { StepJournal, TickRequest } from "../rotate/tick.ts";
import type { TickReport } from "../rotate/tickReport.ts";
import type { RecordPorts } from "./deliver.ts";

/** Why a tick of a credential runs. */
export type RotationReason = "timer" | "http" | "cli" | "recover";

/** Queue `rotate-credential`: one message per rotation that is wished. It carries no progress and no secret. */
export interface RotateCredentialMessage {
  readonly v: 1;
  /** Its name in pgwarden.yaml. */
  readonly credential: string;
  /** The same id is the same wish: it is granted once. */
  readonly requestId: string;
  readonly reason: "timer" | "http";
}

/** Everything that the runs of rotation do to the world, wired once for functions and CLI. */
export interface CredentialPorts extends RecordPorts {
  readonly config: Pick<Config, "credentials" | "rotation">;
  /** One run of the state machine; it keeps its own limit of time, so that the next credential gets its turn. */
  tick(request: TickRequest, journal: StepJournal, signal: AbortSignal): Promise<TickReport>;
  /** One login with the password that was replaced last. @throws RotationError when the vault does not answer */
  tryReplaced(credential: Credential, server: CredentialServer, signal: AbortSignal): Promise<ReplacedProof | null>;
  /** @throws RotationError when the vault does not answer */
  facts(credential: Credential, signal: AbortSignal): Promise<CredentialFacts>;
  /** @param fresh asks Azure Resource Manager although the server is known from before */
  findServer(credential: Credential, fresh: boolean, signal: AbortSignal): Promise<FoundServer>;
  /** Hands a credential to a worker, now or `delaySeconds` later. */
  dispatch(message: RotateCredentialMessage, delaySeconds: number, signal: AbortSignal): Promise<void>;
}

/** A rotation was asked for a name that pgwarden.yaml does not have. */
export class UnknownCredentialError extends Error {
  override readonly name = "UnknownCredentialError";

  constructor(credential: string, known: readonly string[]) {
    const list = known.length === 0 ? "none" : known.slice(0, 20).join(", ");
    super(`There is no credential "${credential}"; there are: ${list}.`);
  }
}

/** @throws UnknownCredentialError */
export function pickCredential(name: string, { config }: Pick<CredentialPorts, "config">): Credential {
  const found = config.credentials.find((credential) => credential.name === name);
  if (found !== undefined) return found;
  throw new UnknownCredentialError(
    name,
    config.credentials.map((credential) => credential.name),
  );
}
