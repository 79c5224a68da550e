-- CreateTable
CREATE TABLE "contact_location" (
    "org_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "state" TEXT,
    "time_zone" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contact_location_pkey" PRIMARY KEY ("org_id","phone_number")
);
