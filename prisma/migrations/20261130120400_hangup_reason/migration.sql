-- AlterTable
ALTER TABLE "call" ADD COLUMN     "hangup_reason" TEXT;
