-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "event_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];
