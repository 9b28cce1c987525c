import type { StrategyRules } from "./strategyRules.ts";

/** One role: between apply and publish the published value does not log in. */
export const single: StrategyRules = {
  usesLedger: true,
  hasGap: true,
  compensates: true,
  nextRole({ name, roles: [role] }) {
    if (role === undefined) throw new Error(`Credential ${name} has no role.`);
    return role;
  },
};
