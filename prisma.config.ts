import { defineConfig } from "prisma/config";

// `prisma generate` never runs the schema engine but wants to download it, which an offline machine cannot:
// any existing executable satisfies it.
if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

const databaseUrl = process.env.DATABASE_URL;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(databaseUrl && { datasource: { url: databaseUrl } }),
});
