/** Key Vault takes 300 writes of secrets per vault and region in this time (rotation.md, Key Vault). */
const slotSeconds = 10;

/** Half of what a vault takes, for others import certificates and keys into it under the same limit. */
const writesPerSlot = 150;

/** A pending version, the published one, and one that a lost answer made twice. */
const writesPerRotation = 3;

const rotationsPerSlot = writesPerSlot / writesPerRotation;

/** Hands out starting times so that no vault is asked for more writes than it takes. */
export interface WriteBudget {
  /** @returns after how many seconds a rotation that writes to these vaults may begin */
  place(vaults: readonly string[]): number;
}

export function writeBudget(): WriteBudget {
  const placed = new Map<string, number>();
  return {
    place(vaults) {
      const distinct = new Set(vaults);
      // Both vaults of a rotation must have room in one slot.
      const slot = Math.max(...[...distinct].map((vault) => Math.floor((placed.get(vault) ?? 0) / rotationsPerSlot)));
      for (const vault of distinct)
        placed.set(vault, Math.max((placed.get(vault) ?? 0) + 1, slot * rotationsPerSlot + 1));
      return slot * slotSeconds;
    },
  };
}
