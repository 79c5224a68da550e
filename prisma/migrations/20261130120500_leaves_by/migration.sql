-- AlterTable
ALTER TABLE "dial_attempt" ADD COLUMN     "leaves_by" TIMESTAMPTZ(3);
