import { CollectError } from "../../shared/collect/collectError.ts";
import type { ArmReader, ResourceGraphAnswer, ResourceGraphReader } from "../../shared/collect/collector.ts";

/** What ARM holds: bodies by path or by next link, and errors that stand in for them. */
export interface MemoryArm extends ArmReader {
  readonly bodies: Map<string, unknown>;
  /** Paths that were read, in order. */
  readonly log: string[];
}

export function memoryArm(bodies: Readonly<Record<string, unknown>>): MemoryArm {
  const held = new Map(Object.entries(bodies));
  const log: string[] = [];
  return {
    bodies: held,
    log,
    read(path, _apiVersion, signal) {
      log.push(path);
      if (signal.aborted) return Promise.reject(new CollectError("deadline", "The run's time was over."));
      const body = held.get(path);
      if (body instanceof Error) return Promise.reject(body);
      if (body === undefined) return Promise.reject(new CollectError("absent", `GET ${path} found nothing (404).`));
      return Promise.resolve(body);
    },
  };
}

/** Answers by the first key that the text of a query contains. */
export function memoryResourceGraph(
  answers: Readonly<Record<string, ResourceGraphAnswer | Error>>,
): ResourceGraphReader {
  return {
    query(text) {
      const key = Object.keys(answers).find((part) => text.includes(part));
      const answer = key === undefined ? { rows: [], truncated: false } : answers[key];
      if (answer === undefined || answer instanceof Error) {
        return Promise.reject(answer ?? new Error(`There is no answer to ${text}.`));
      }
      return Promise.resolve(answer);
    },
  };
}
