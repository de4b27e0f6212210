using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OtpPipeline.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Dialects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "lookup_hash",
                table: "otps",
                type: "bytea",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "exact",
                table: "otp_pins",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<byte[]>(
                name: "find_hash",
                table: "otp_pins",
                type: "bytea",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "message",
                table: "otp_pins",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "unique_hash",
                table: "otp_pins",
                type: "bytea",
                maxLength: 32,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_otps_lookup_hash",
                table: "otps",
                columns: new[] { "lookup_hash", "created_at" },
                filter: "lookup_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_otp_pins_find_hash",
                table: "otp_pins",
                column: "find_hash",
                filter: "find_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_otp_pins_unique_hash",
                table: "otp_pins",
                column: "unique_hash",
                unique: true,
                filter: "unique_hash IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_otps_lookup_hash",
                table: "otps");

            migrationBuilder.DropIndex(
                name: "ix_otp_pins_find_hash",
                table: "otp_pins");

            migrationBuilder.DropIndex(
                name: "ux_otp_pins_unique_hash",
                table: "otp_pins");

            migrationBuilder.DropColumn(
                name: "lookup_hash",
                table: "otps");

            migrationBuilder.DropColumn(
                name: "exact",
                table: "otp_pins");

            migrationBuilder.DropColumn(
                name: "find_hash",
                table: "otp_pins");

            migrationBuilder.DropColumn(
                name: "message",
                table: "otp_pins");

            migrationBuilder.DropColumn(
                name: "unique_hash",
                table: "otp_pins");
        }
    }
}
