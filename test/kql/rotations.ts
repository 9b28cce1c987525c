import type { Credential } from "../../shared/model/credential.ts";
import { type CredentialNews, credentialRow, rotationStepRows } from "../../shared/publish/rows/rotationRows.ts";
import type { RotationStep, StepName, TickReport, TickState } from "../../shared/rotate/tickReport.ts";
import { serverRef } from "../builders.ts";
import { fakeCredentialPorts, stepOf } from "../runs/fakeCredentialPorts.ts";
import type { Rows } from "./evaluate.ts";
import { sent } from "./scans.ts";

/** Credential `orders`, a pair on server orders. */
export const credential = onlyCredential();

/** The rotation that is published, unless the test says otherwise. */
export const published = {
  version: "v7",
  user: "orders_a",
  key: { generation: 7, rotationId: "018f-7" },
  createdAt: "2026-11-01T00:00:00.000Z",
  expiresAt: null,
};

/** The rotation after it. */
export const intent: NonNullable<TickReport["intent"]> = {
  key: { generation: 8, rotationId: "018f-8" },
  role: "orders_b",
  createdAt: "2026-11-22T11:00:00.000Z",
};

function onlyCredential(): Credential {
  const more = { strategy: "alternating", owner: "orders_owner", roles: ["orders_a", "orders_b"] };
  const [only] = fakeCredentialPorts(["orders"], { more }).config.credentials;
  if (only === undefined) throw new Error("There is no credential.");
  return only;
}

function context(at: string) {
  return { runId: `tick-${at}`, now: new Date(at), takenAt: at, server: serverRef() };
}

interface Tick extends Partial<CredentialNews> {
  /** Of the remark that explains it. */
  readonly code?: string;
  readonly reason?: string;
}

/** How a tick ended; healthy, and due in the future, unless the test says otherwise. */
export function tick(at: string, { code, reason = "recover", ...own }: Tick = {}): Rows {
  const remarks = code === undefined ? [] : [{ code, message: `It is ${code}.`, remedy: null }];
  const news: CredentialNews = {
    state: "healthy",
    remarks,
    published,
    logsIn: true,
    nextDueAt: "2026-12-01T00:00:00.000Z",
    intent: null,
    ...own,
  };
  return sent({ PgWardenRotation_CL: [credentialRow(credential, news, reason, context(at))] });
}

interface Step extends Partial<RotationStep> {
  /** How its tick ended. */
  readonly state?: TickState;
}

/** A step of a tick that left its rotation open, done, unless the test says otherwise. */
export function step(at: string, name: StepName, { state = "open", ...own }: Step = {}): Rows {
  const { key, user: role, version: secretVersion } = published;
  const made = stepOf(name, { at, key, role, secretVersion, ...own });
  return sent({ PgWardenRotation_CL: rotationStepRows(credential, [made], { reason: "recover", state }, context(at)) });
}
