import pLimit from "p-limit";
import { readEnvironment } from "../../shared/config/environment.ts";
import { rotateCredential } from "../../shared/runs/rotateCredential.ts";
import type { CredentialPorts, RotateCredentialMessage } from "../../shared/runs/rotationPorts.ts";
import { startRotations } from "../../shared/runs/startRotations.ts";
import { wireProcess } from "../../shared/wiring.ts";

/** What a rotating process measured of itself. Milliseconds and bytes. */
export interface RotationFigures {
  /** As many as it can, one after the other, with no regard for the vault's limit. */
  readonly burst: { readonly rotations: number; readonly ms: number };
  /** From when the messages were sent to the end of the last rotation. */
  readonly fleet: { readonly rotations: number; readonly ms: number };
  /** The timer's tick: finds what is due and sends the messages. */
  readonly decideMs: number;
  readonly peakBytes: number;
}

/** Messages that one instance handles at a time: batchSize and newBatchThreshold of host.json. */
const concurrency = 6;

/** Key Vault counts writes over this time. */
const vaultWindowMs = 10_000;

interface Job {
  readonly message: RotateCredentialMessage;
  readonly delaySeconds: number;
}

const [, , burstPrefix = ""] = process.argv;
const signal = AbortSignal.timeout(500_000);
const { rotation } = await wireProcess(readEnvironment(), signal);
const jobs: Job[] = [];
const ports: CredentialPorts = {
  ...(await rotation()),
  dispatch(message, delaySeconds) {
    jobs.push({ message, delaySeconds });
    return Promise.resolve();
  },
};

/** @throws Error when it did not come to its end: a figure of what did not happen is no figure */
async function rotate(credential: string, requestId: string, reason: "timer" | "cli"): Promise<void> {
  const result = await rotateCredential({ credential, requestId, reason, actor: "bench" }, ports, signal);
  if (result?.report.state === "rotated") return;
  const codes = result?.report.remarks.map(({ code }) => code).join(", ");
  throw new Error(`Credential ${credential} was ${result?.report.state ?? "granted before"}: ${codes ?? "no remark"}.`);
}

async function burst(): Promise<RotationFigures["burst"]> {
  const names = ports.config.credentials.map(({ name }) => name).filter((name) => name.startsWith(burstPrefix));
  const limit = pLimit(concurrency);
  const start = performance.now();
  await Promise.all(names.map((name) => limit(() => rotate(name, "cli-bench-burst-1", "cli"))));
  return { rotations: names.length, ms: performance.now() - start };
}

async function fleet(): Promise<Pick<RotationFigures, "fleet" | "decideMs">> {
  const limit = pLimit(concurrency);
  const ticked = performance.now();
  const { begin } = await startRotations("timer-bench-fleet-1", ports, signal);
  const start = performance.now();
  await Promise.all(
    jobs.map(async ({ message: { credential, requestId }, delaySeconds }) => {
      await new Promise((resolve) => setTimeout(resolve, delaySeconds * 1000));
      await limit(() => rotate(credential, requestId, "timer"));
    }),
  );
  return { decideMs: start - ticked, fleet: { rotations: begin.length, ms: performance.now() - start } };
}

const measured = await burst();
await new Promise((resolve) => setTimeout(resolve, vaultWindowMs));
const figures = { burst: measured, ...(await fleet()), peakBytes: process.resourceUsage().maxRSS * 1024 };
process.send?.(figures satisfies RotationFigures);
process.disconnect();
