/** What a graph remembers of the newest state: entities, lists of neighbours, answers of queries. */
import type { Clock } from "@knotwork/disk";
import type { Engine } from "./engine.ts";
import { EntityCache } from "./entity-cache.ts";
import type { JsonObject } from "./json.ts";
import { AnswerCache } from "./query/answer-cache.ts";
import { AdjacencyCache } from "./traverse/adjacency-cache.ts";

export interface CacheBounds {
  readonly cacheBytesMax: number;
  readonly adjacencyBytesMax: number;
}

export class GraphCaches {
  readonly entities: EntityCache;
  readonly adjacency: AdjacencyCache;
  readonly answers: AnswerCache;

  constructor(engine: Engine, clock: Clock, { cacheBytesMax, adjacencyBytesMax }: CacheBounds) {
    this.entities = new EntityCache(engine, clock, { bytesMax: cacheBytesMax });
    this.adjacency = new AdjacencyCache(engine, { bytesMax: adjacencyBytesMax });
    this.answers = new AnswerCache(engine, this.entities);
  }

  stats(): JsonObject {
    return {
      cache: { ...this.entities.stats() },
      adjacency: { ...this.adjacency.stats() },
      answers: { ...this.answers.stats() },
    };
  }

  close(): void {
    this.entities.close();
    this.adjacency.close();
    this.answers.close();
  }
}
