/** The other end of `checkpoint-thread.ts`: builds what it is asked for, one generation at a time. */
import type { DiskFile } from "@knotwork/disk";
import { BlockCache } from "@knotwork/indexer";
import { LogGapError } from "@knotwork/wal";
import { buildGeneration } from "./build-generation.ts";
import { CheckpointLostError } from "./checkpoint-build.ts";
import type { BuildAnswer, FromBuildThread, ToBuildThread } from "./checkpoint-thread.ts";
import type { ConstructedFile, FileMaker } from "./construction.ts";
import { Generation } from "./generation.ts";
import type { Machine } from "./local-engine-options.ts";

/** As much of a `MessagePort` as is needed. */
export interface BuildPort {
  postMessage(message: FromBuildThread): void;
  on(event: "message", listener: (message: ToBuildThread) => void): this;
}

/** Earlier versions are looked up through it, of entities that commits changed again: most often young ones. */
const BLOCK_CACHE_BYTES = 8 * 1024 * 1024;
/** Nobody in this thread waits for the end of a turn, but between two it is seen whether the work is lost. */
const TURN = { workMs: 16, restMs: 0 };

/** Answers the requests that come through `port`. */
export function answerBuilds(port: BuildPort, machine: Machine): void {
  const tools = { ...machine, blockCache: new BlockCache({ bytesMax: BLOCK_CACHE_BYTES }) };
  let files: FilesMadeElsewhere | undefined;
  port.on("message", (message) => {
    const { id } = message;
    if (message.kind !== "build") {
      if (files?.id === id) files.heard(message);
      return;
    }
    files = new FilesMadeElsewhere(port, machine, id);
    void build(tools, files, message)
      .catch((error: unknown): BuildAnswer => ({ kind: "failed", message: String(error) }))
      .then((answer) => port.postMessage({ id, ...answer }));
  });
}

async function build(
  tools: Machine & { readonly blockCache: BlockCache },
  files: FilesMadeElsewhere,
  { base, definitions, task, lost }: Extract<ToBuildThread, { readonly kind: "build" }>,
): Promise<BuildAnswer> {
  const generation = new Generation(tools, base);
  const isLost = (): boolean => Atomics.load(lost, 0) !== 0;
  try {
    const options = { ...tools, generation, definitions, isLost, turn: () => TURN };
    return { kind: "built", manifest: await buildGeneration(options, files, task) };
  } catch (error) {
    const wasLost = error instanceof CheckpointLostError || error instanceof LogGapError;
    return wasLost ? { kind: "lost" } : { kind: "failed", message: String(error) };
  } finally {
    generation.close();
    files.close();
  }
}

/** Files of one build, which the other end makes and locks, open here too. */
class FilesMadeElsewhere implements FileMaker {
  readonly id: number;
  readonly #port: BuildPort;
  readonly #disk: Machine["disk"];
  readonly #files: DiskFile[] = [];
  #waiting: Waiting | undefined;

  constructor(port: BuildPort, { disk }: Machine, id: number) {
    this.id = id;
    this.#port = port;
    this.#disk = disk;
  }

  create(directory: string, prefix: string, suffix: string): Promise<ConstructedFile> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#port.postMessage({ kind: "create", id: this.id, directory, prefix, suffix });
    });
  }

  heard(message: Exclude<ToBuildThread, { readonly kind: "build" }>): void {
    try {
      if (message.kind === "not created") throw new Error(message.message);
      const { name, path } = message;
      const file = this.#disk.open(path, "read-write");
      this.#files.push(file);
      this.#waiting?.resolve({ name, path, file });
    } catch (error) {
      this.#waiting?.reject(error);
    }
  }

  close(): void {
    for (const file of this.#files.splice(0)) file.close();
  }
}

interface Waiting {
  readonly resolve: (file: ConstructedFile) => void;
  readonly reject: (error: unknown) => void;
}
