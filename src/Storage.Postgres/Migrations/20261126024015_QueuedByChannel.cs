using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OtpPipeline.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class QueuedByChannel : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_deliveries_channel_publish_due_at_queued",
                table: "deliveries",
                columns: new[] { "channel", "publish_due_at" },
                filter: "status = 'QUEUED'");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_publish_due_at_queued",
                table: "deliveries");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_deliveries_channel_publish_due_at_queued",
                table: "deliveries");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_publish_due_at_queued",
                table: "deliveries",
                column: "publish_due_at",
                filter: "status = 'QUEUED'");
        }
    }
}
