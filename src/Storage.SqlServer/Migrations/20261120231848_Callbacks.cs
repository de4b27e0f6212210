using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OtpPipeline.Storage.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Callbacks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "callback_attempts",
                columns: table => new
                {
                    callback_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    number = table.Column<int>(type: "int", nullable: false),
                    started_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    duration_ms = table.Column<int>(type: "int", nullable: false),
                    http_status = table.Column<int>(type: "int", nullable: true),
                    error = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: true, collation: "Latin1_General_100_BIN2"),
                    answer = table.Column<byte[]>(type: "varbinary(640)", maxLength: 640, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_attempts", x => new { x.callback_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "callbacks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    status = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    content = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    failures = table.Column<int>(type: "int", nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    lease_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callbacks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sandbox_callbacks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    content = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    received_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sandbox_callbacks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhook_secrets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    secret = table.Column<byte[]>(type: "varbinary(160)", maxLength: 160, nullable: false),
                    seeded = table.Column<bool>(type: "bit", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_secrets", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_due_at_pending",
                table: "callbacks",
                column: "due_at",
                filter: "status = 'PENDING'");

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_id_parked",
                table: "callbacks",
                column: "id",
                filter: "status = 'PARKED'");

            migrationBuilder.CreateIndex(
                name: "ux_callbacks_change",
                table: "callbacks",
                columns: new[] { "otp_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sandbox_callbacks_otp_id",
                table: "sandbox_callbacks",
                column: "otp_id");

            migrationBuilder.CreateIndex(
                name: "ix_sandbox_callbacks_received_at",
                table: "sandbox_callbacks",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_secrets_application_id",
                table: "webhook_secrets",
                column: "application_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "callback_attempts");

            migrationBuilder.DropTable(
                name: "callbacks");

            migrationBuilder.DropTable(
                name: "sandbox_callbacks");

            migrationBuilder.DropTable(
                name: "webhook_secrets");
        }
    }
}
