import { scramVerifier } from "../../shared/rotate/scramVerifier.ts";
import type { LeaseStore, ServerAdministration } from "../../shared/rotate/ports.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { nextRandom, type RotationState } from "./rotationState.ts";

/** Azure Resource Manager's part: with password authentication off it reports success and changes nothing. */
export function memoryAdministration(state: RotationState): ServerAdministration {
  const { arm } = state;
  return {
    async read() {
      await Promise.resolve();
      const { passwordAuthentication, replicationRole, administratorLogin } = arm;
      return { state: arm.state, passwordAuthentication, replicationRole, administratorLogin };
    },
    async submitPassword(_serverId, password) {
      await Promise.resolve();
      if (arm.next === "busy" || arm.state !== "Ready")
        throw new RotationError("The server is busy.", { code: "ARM_BUSY", effect: "none" });
      if (arm.next === "refused")
        throw new RotationError("The password was refused.", { code: "ARM_REFUSED", effect: "none" });
      const operation = `operation-${arm.operations.size + 1}`;
      arm.operations.set(operation, arm.next);
      const role = state.roles.get(arm.administratorLogin);
      if (arm.next === "succeeded" && arm.passwordAuthentication && role !== undefined) {
        const salt = Uint8Array.from({ length: 16 }, () => Math.floor(nextRandom(state) * 256));
        role.verifier = scramVerifier(password, salt);
      }
      return operation;
    },
    async operation(_serverId, operation) {
      await Promise.resolve();
      return arm.operations.get(operation) ?? "forgotten";
    },
  };
}

let lastHolder = 0;

/** Leases that end with the clock. */
export function memoryLeases(state: RotationState): LeaseStore {
  return {
    async acquire(name, seconds) {
      await Promise.resolve();
      const held = state.leases.get(name);
      if (held !== undefined && held.endsAtMs > state.nowMs) return undefined;
      lastHolder += 1;
      const holder = lastHolder;
      state.leases.set(name, { holder, endsAtMs: state.nowMs + seconds * 1000 });
      return {
        async renew() {
          await Promise.resolve();
          const now = state.leases.get(name);
          if (now?.holder !== holder) return false;
          now.endsAtMs = state.nowMs + seconds * 1000;
          return true;
        },
        async release() {
          await Promise.resolve();
          if (state.leases.get(name)?.holder === holder) state.leases.delete(name);
        },
      };
    },
  };
}
