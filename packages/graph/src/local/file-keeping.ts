/** What the local engine offers beside the engine's own calls: backup, compact, purge. Loaded when asked for. */
import type { FileKeeping } from "../keeping.ts";
import type { CheckpointRunner } from "./checkpoint-runner.ts";
import type { CurrentState } from "./current-state.ts";
import type { Machine } from "./local-engine-options.ts";

export interface FileKeepingParts {
  readonly machine: Machine;
  readonly current: CurrentState;
  readonly checkpoints: CheckpointRunner;
}

export function fileKeeping(parts: FileKeepingParts): FileKeeping {
  const { machine, current, checkpoints } = parts;
  return {
    backup: async (path, options) => {
      const { backup } = await import("./backup.ts");
      const pinned = current.pinAt(current.advance());
      const { generation, overlay } = current.state;
      try {
        await current.log.waitDurable(pinned.seq);
        const tailDamage = current.log.tailDamage();
        return await backup(
          {
            ...machine,
            tailDamage,
            snapshot: { generation, overlay, seq: Math.max(pinned.seq, generation.manifest.seq) },
          },
          path,
          options,
        );
      } finally {
        pinned.release();
      }
    },
    compact: async (options) => {
      const { compact } = await import("./compact.ts");
      return compact({ machine, current, checkpoints }, options);
    },
    purge: async (id, options) => {
      const { purge } = await import("./purge.ts");
      return purge({ machine, current, checkpoints }, id, options);
    },
  };
}
