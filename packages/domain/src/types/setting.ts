/** The setting: a value that all who use the store share, under a key. Its id is made from the key. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export interface SettingProps extends RecordProps {
  readonly key: string;
  readonly value: string;
}

export const settingType: KnotType<"setting", SettingProps> = defineType("setting", {
  fields: lazySchema<SettingProps>(async () => (await import("./schemas.ts")).settingSchema),
  endings: true,
  idPrefix: "C",
  indexes: [["key"], sourceIndex],
});
