import { userInfo } from "node:os";

/** Who runs a command, for audit lines. */
export function localActor(): string {
  return `local:${userInfo().username}`;
}
