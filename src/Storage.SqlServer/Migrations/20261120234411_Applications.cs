using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OtpPipeline.Storage.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Applications : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "revoked_at",
                table: "applications",
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "last_used_at",
                table: "api_keys",
                type: "datetime2",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "application_identifiers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false, collation: "Latin1_General_100_BIN2"),
                    identifier = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    display = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    secret_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    previous_secret_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    settings = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_application_identifiers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "request_permits",
                columns: table => new
                {
                    key_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    minute = table.Column<long>(type: "bigint", nullable: false),
                    allowed = table.Column<int>(type: "int", nullable: false),
                    leased = table.Column<int>(type: "int", nullable: false),
                    leased_before = table.Column<int>(type: "int", nullable: false),
                    granted = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_request_permits", x => x.key_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_application_identifiers_application_id",
                table: "application_identifiers",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "ux_application_identifiers_kind_identifier",
                table: "application_identifiers",
                columns: new[] { "kind", "identifier" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "application_identifiers");

            migrationBuilder.DropTable(
                name: "request_permits");

            migrationBuilder.DropColumn(
                name: "revoked_at",
                table: "applications");

            migrationBuilder.DropColumn(
                name: "last_used_at",
                table: "api_keys");
        }
    }
}
