import type { StrategyRules } from "./strategyRules.ts";

/** Two roles in turn: the one that is not published gets the next password, so the published one keeps working. */
export const alternating: StrategyRules = {
  usesLedger: true,
  hasGap: false,
  compensates: false,
  nextRole({ name, roles }, _server, publishedUser) {
    const role = roles.find((candidate) => candidate !== publishedUser);
    if (role === undefined) throw new Error(`Credential ${name} alternates without a second role.`);
    return role;
  },
};
