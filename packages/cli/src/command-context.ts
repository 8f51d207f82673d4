/** What a running command has at hand. The store is looked for and opened when a command first asks for it. */
import type { Disk } from "@knotwork/disk";
import type { Knot, openKnot } from "@knotwork/domain";
import type { CliEnvironment } from "./cli-environment.ts";
import { CliError } from "./cli-error.ts";
import { sanitizeLine } from "./output/sanitize.ts";
import type { GlobalOptions } from "./parsing/global-options.ts";
import { findStore, type StoreWish } from "./store-discovery.ts";

export type OpenKnot = typeof openKnot;

/** What every write passes on: the level of durability and the reasoning session asked for. */
export interface WriteWish {
  readonly durability?: "paranoid" | "balanced" | "relaxed";
  readonly session?: string;
}

export class CommandContext {
  readonly environment: CliEnvironment;
  readonly globals: GlobalOptions;
  /** `--as` or KNOT_AGENT. */
  readonly agent: string | undefined;
  #opened: { readonly readOnly: boolean; readonly knot: Knot } | undefined;

  constructor(environment: CliEnvironment, globals: GlobalOptions, agent: string | undefined) {
    this.environment = environment;
    this.globals = globals;
    this.agent = agent;
  }

  get disk(): Disk {
    return this.environment.disk;
  }

  get storeWish(): StoreWish {
    const { disk, cwd, env } = this.environment;
    return { disk, cwd, env, store: this.globals.store };
  }

  /** The directory of the store that is used. @throws CliError STORE_NOT_FOUND */
  get storeDirectory(): string {
    return findStore(this.storeWish);
  }

  get writeWish(): WriteWish {
    const { durability, session } = this.globals;
    return { ...(durability === undefined ? {} : { durability }), ...(session === undefined ? {} : { session }) };
  }

  /** The store, for reading only: needs no permission to write, takes no lock. @throws CliError STORE_NOT_FOUND */
  async read(): Promise<Knot> {
    return this.#opened?.knot ?? this.#open({ dir: this.storeDirectory, readOnly: true });
  }

  /** The store, for reading and writing. @throws CliError STORE_NOT_FOUND */
  async write(): Promise<Knot> {
    if (this.#opened?.readOnly === false) return this.#opened.knot;
    await this.close();
    return this.#open({ dir: this.storeDirectory, readOnly: false });
  }

  /** A new store at `dir`. */
  async create(dir: string): Promise<Knot> {
    return this.#open({ dir, readOnly: false, create: true });
  }

  async close(): Promise<void> {
    const knot = this.#opened?.knot;
    this.#opened = undefined;
    await knot?.close();
  }

  /** A line for people on stderr, on terminals only and never under `--json`. */
  progress(message: string): void {
    const { stderr } = this.environment;
    if (stderr.isTTY && !this.globals.json) stderr.write(`\r\u001b[K${message}`);
  }

  async #open(options: StoreOptions): Promise<Knot> {
    const { disk, clock, random } = this.environment;
    const { create = false, ...rest } = options;
    const opener = this.environment.openKnot ?? (await import("@knotwork/domain")).openKnot;
    const knot = await opener({
      ...rest,
      ...(this.agent === undefined ? {} : { as: this.agent }),
      ...(this.globals.durability === undefined ? {} : { durability: this.globals.durability }),
      create,
      // A command has ended before a thread would be warm; the bundle has no program for one.
      checkpointThread: false,
      disk,
      clock,
      random,
    });
    this.#opened = { readOnly: options.readOnly, knot };
    this.#warnOfDamage(knot);
    return knot;
  }

  /** What is sound is served, but never as if it were all there is. */
  #warnOfDamage(knot: Knot): void {
    const damage = knot.graph.damage();
    if (damage === undefined) return;
    this.environment.stderr.write(
      `warning: ${damage.code}: ${sanitizeLine(damage.message)}. The answer is from before that. Run: knot doctor\n`,
    );
  }
}

interface StoreOptions {
  readonly dir: string;
  readonly readOnly: boolean;
  readonly create?: boolean;
}

/** The entity a call was about, or NOT_FOUND. */
export function found<Value>(value: Value | undefined, kind: string, id: string): Value {
  if (value !== undefined) return value;
  throw new CliError("NOT_FOUND", `Cannot find ${kind} "${id}": there is none with this id`, {
    hint: `See: knot ${kind} list`,
    context: { kind, id },
  });
}
