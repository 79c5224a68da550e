import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";

/** A schema that Prisma does not accept. */
export class SchemaError extends Error {}

const NOTHING_TO_DO = "-- This is an empty migration.";

/**
 * The SQL that turns the schema `before` (null: an empty database) into `after`; both are Prisma schema text.
 * Null where they make the same tables. Throws a SchemaError with Prisma's own message for a schema that is not valid.
 */
export async function diffSchemas(before: string | null, after: string): Promise<string | null> {
  await loadEngine();
  const ignoreLog = () => {};
  const schemaEngine = await engine.SchemaEngine.new({ datamodels: undefined }, ignoreLog, noDatabase);
  try {
    const result = await schemaEngine.diff({
      from: before === null ? { tag: "empty" } : datamodel(before),
      to: datamodel(after),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    const sql = result.stdout?.trim() ?? "";
    return sql === "" || sql === NOTHING_TO_DO ? null : `${sql}\n`;
  } catch (error) {
    // The engine's own stack leads into WASM and helps nobody; its message shows the line of the schema.
    throw new SchemaError(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    schemaEngine.free();
  }
}

function datamodel(content: string) {
  return { tag: "schemaDatamodel" as const, files: [{ path: "schema.prisma", content }] };
}

// The package imports its .wasm file as a module, which Node only does behind a flag: instantiate it by hand.
export async function loadEngine(): Promise<void> {
  const wasmFile = fileURLToPath(
    new URL("schema_engine_bg.wasm", import.meta.resolve("@prisma/schema-engine-wasm/schema_engine_bg")),
  );
  const { instance } = await WebAssembly.instantiate(await readFile(wasmFile), {
    "./schema_engine_bg.js": { ...engine } as WebAssembly.ModuleImports,
  });
  const { __wbg_set_wasm: setWasm } = engine as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  setWasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

// The engine asks its adapter for the server's version before it diffs. This one answers for a PostgreSQL 15, the oldest
// we support, that has nothing but the schema `public`; a column type is a number of driver-adapter-utils' ColumnTypeEnum.
const BOOLEAN = 5;
const TEXT = 7;
const INT32 = 0;
const ok = async (value?: unknown) => ({ ok: true, value });
const connection = {
  provider: "postgres",
  adapterName: "no-database",
  getConnectionInfo: () => ({ ok: true, value: { schemaName: "public", supportsRelationJoins: true } }),
  queryRaw: () =>
    ok({
      columnNames: ["exists", "version", "numeric_version"],
      columnTypes: [BOOLEAN, TEXT, INT32],
      rows: [[true, "PostgreSQL 15.0", 150000]],
    }),
  executeScript: () => ok(),
  executeRaw: () => ok(0),
  dispose: () => ok(),
};
const noDatabase = {
  provider: "postgres",
  adapterName: "no-database",
  connect: () => ok(connection),
  connectToShadowDb: () => ok(connection),
};
