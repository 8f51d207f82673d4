/** Reads on the state that a handle shows, begun again on a later one when a file of it has gone meanwhile (ENGINE K4). */
import type { Awaitable, EngineSnapshot } from "../engine.ts";
import type { CurrentState } from "./current-state.ts";
import { GenerationGoneError } from "./generation.ts";
import type { StoreState } from "./store-state.ts";

export interface StateReadsParts {
  readonly current: CurrentState;
  /** The head that a read may see, everything acknowledged before the call being part of it. */
  readonly head: () => number;
  /** Called when index runs turned out to be damaged or missing, and were computed from history in memory. */
  readonly onRebuilt: () => void;
}

const RETRIES_MAX = 10;

export class StateReads {
  readonly #parts: StateReadsParts;

  constructor(parts: StateReadsParts) {
    this.#parts = parts;
  }

  async read<T>(read: (snapshot: EngineSnapshot) => Awaitable<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const seq = this.#parts.head();
      const state = this.#enter();
      try {
        return await read(state.snapshot(seq));
      } catch (error) {
        this.#afterGone(error, { state, attempt });
      } finally {
        this.#leave(state);
      }
    }
  }

  /** The same at once, on the head that was asked for in this turn. */
  readNow<T>(read: (snapshot: EngineSnapshot) => T): T {
    for (let attempt = 1; ; attempt += 1) {
      // Asking again would cost as much as the read of a cached block.
      const seq = attempt === 1 ? this.#parts.current.state.overlay.head : this.#parts.head();
      const state = this.#enter();
      try {
        return read(state.snapshot(seq));
      } catch (error) {
        this.#afterGone(error, { state, attempt });
      } finally {
        this.#leave(state);
      }
    }
  }

  #enter(): StoreState {
    const { state } = this.#parts.current;
    state.use();
    return state;
  }

  #leave(state: StoreState): void {
    if (state.generation.isRebuilt) this.#parts.onRebuilt();
    state.leave();
  }

  /** A file of the generation is gone: a later generation is there, or the file is really missing. Other errors it throws. */
  #afterGone(error: unknown, { state, attempt }: { readonly state: StoreState; readonly attempt: number }): void {
    if (!(error instanceof GenerationGoneError) || attempt >= RETRIES_MAX) throw error;
    const { current } = this.#parts;
    current.reload();
    current.advance();
    if (current.state.generation.manifest.generation === state.generation.manifest.generation)
      current.state.generation.rebuildIndex();
  }
}
