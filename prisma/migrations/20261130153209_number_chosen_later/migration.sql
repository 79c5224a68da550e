-- AlterTable
ALTER TABLE "number_order" ALTER COLUMN "phone_number" DROP NOT NULL;
