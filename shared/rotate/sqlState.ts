import { RotationError } from "./rotationError.ts";

/** The SQLSTATE that a statement failed with; null when the failure was not PostgreSQL's answer. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof RotationError)) return null;
  const { cause } = error;
  return typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : null;
}
