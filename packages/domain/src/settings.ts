/**
 * Settings: defaults kept in the store, so that all agents of a project share them. Keys that Knotwork knows are checked;
 * keys that begin with `user.` belong to the users and hold any text.
 */
import type { Entity } from "@knotwork/graph";
import { assertVersion } from "./assert-version.ts";
import { type ChangeOptions, commitWrite } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { transactOrRehearse } from "./rehearse.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import type { SettingProps } from "./types/setting.ts";
import { ofType } from "./typed-entity.ts";
import { viewOf, type View } from "./view.ts";

export type Setting = View<SettingProps>;

export interface KnownSetting {
  readonly summary: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

export type KnownSettingKey = "claim.ttlMs" | "prime.tokens";

/** The settings Knotwork reads; all are whole numbers. */
export const knownSettings: Readonly<Record<KnownSettingKey, KnownSetting>> = {
  "claim.ttlMs": { summary: "Lease of a claim, in milliseconds", min: 1_000, max: 604_800_000, default: 3_600_000 },
  "prime.tokens": { summary: "How long the answer of prime may be", min: 200, max: 1_000_000, default: 2_000 },
};

export interface Settings {
  /** The value as text; `undefined` when it is not set. @throws DomainError UNKNOWN_FIELD */
  get(key: string): Promise<string | undefined>;
  /** The number that holds: the one set, or the default. */
  number(key: KnownSettingKey): Promise<number>;
  /** @throws DomainError UNKNOWN_FIELD, INVALID_VALUE; CONFLICT when not at `ifVersion`, NOT_FOUND when not set at all then */
  set(key: string, value: string, options?: ChangeOptions): Promise<Setting>;
  /** Gives what it was. @throws DomainError UNKNOWN_FIELD, NOT_FOUND; CONFLICT */
  unset(key: string, options?: ChangeOptions): Promise<Setting>;
  /** Those that are set, by key. */
  list(): Promise<readonly Setting[]>;
}

/** The options of a claim, with the lease that holds when none was asked for. */
export async function withLease<Options extends { readonly ttlMs?: number }>(
  context: KnotContext,
  options: Options,
): Promise<Options & { readonly ttlMs: number }> {
  return { ...options, ttlMs: options.ttlMs ?? (await openSettings(context).number("claim.ttlMs")) };
}

export function openSettings(context: KnotContext): Settings {
  const read = async (key: string): Promise<string | undefined> => {
    return ofType(await context.graph.get(idOf(key)), "setting")?.props.value;
  };
  return {
    async get(key) {
      assertKey(key);
      return read(key);
    },
    async number(key) {
      const value = await read(key);
      return value === undefined ? knownSettings[key].default : Number(value);
    },
    set: (key, value, options) => set(context, key, value, options),
    unset: (key, options) => unset(context, key, options),
    async list() {
      return (await context.graph.query("setting").orderBy("key").all()).map(viewOf);
    },
  };
}

async function set(context: KnotContext, key: string, value: string, options: ChangeOptions = {}): Promise<Setting> {
  assertKey(key);
  assertValue(key, value);
  const request = { operation: "config set", args: [key, value], options, about: idOf(key) };
  const written = await commitWrite<SettingProps>(context, request, async (tx) => {
    const known = ofType(await tx.get(idOf(key)), "setting");
    const entity =
      known === undefined
        ? await tx.create("setting", { key, value, filedAt: instant(context) }, { id: idOf(key) })
        : await tx.update(known.id, { value });
    return { entity: entity as unknown as Entity<SettingProps>, result: {} };
  });
  return viewOf(written.entity);
}

async function unset(
  context: KnotContext,
  key: string,
  { ifVersion, ...options }: ChangeOptions = {},
): Promise<Setting> {
  assertKey(key);
  const remove = async (tx: KnotTransaction): Promise<Setting> => {
    const known = ofType(await tx.get(idOf(key)), "setting");
    if (known === undefined) {
      throw new DomainError("NOT_FOUND", `Cannot unset "${key}": it is not set`, {
        hint: "See what is set: knot config list",
        context: { key },
      });
    }
    assertVersion(known, ifVersion);
    await tx.delete(known.id);
    return viewOf(known);
  };
  const args = [key, ifVersion ?? null];
  return transactOrRehearse(context, remove, { ...options, operation: "config unset", args, dryRun: false });
}

function idOf(key: string): string {
  return `config.${key}`;
}

function assertKey(key: string): void {
  if (Object.hasOwn(knownSettings, key) || /^user\.[a-z][A-Za-z0-9._-]{0,99}$/.test(key)) return;
  throw new DomainError("UNKNOWN_FIELD", `Cannot use the setting ${JSON.stringify(key)}: there is none of this name`, {
    hint: `Settings: ${Object.keys(knownSettings).join(", ")}; your own begin with "user.".`,
    context: { key },
  });
}

function assertValue(key: string, value: string): void {
  if (!Object.hasOwn(knownSettings, key)) return;
  const { min, max } = knownSettings[key as KnownSettingKey];
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return;
  throw new DomainError("INVALID_VALUE", `Cannot set "${key}" to ${JSON.stringify(value)}: it is no number in range`, {
    hint: `Give a whole number from ${min} to ${max}.`,
    context: { key },
  });
}
