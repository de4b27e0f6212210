using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OtpPipeline.Storage.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, defaultValue: "live", collation: "Latin1_General_100_BIN2"),
                    prefix = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    scopes = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2"),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    last_used_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    expires_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    revoked_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                });

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
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_application_identifiers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "application_spendings",
                columns: table => new
                {
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    spent = table.Column<decimal>(type: "decimal(18,6)", precision: 18, scale: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_application_spendings", x => new { x.application_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "applications",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    active = table.Column<bool>(type: "bit", nullable: false),
                    settings = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    callback_url = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    revoked_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false, defaultValueSql: "SYSUTCDATETIME()"),
                    updated_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_applications", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "callback_attempts",
                columns: table => new
                {
                    callback_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    number = table.Column<int>(type: "int", nullable: false),
                    started_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    duration_ms = table.Column<int>(type: "int", nullable: false),
                    http_status = table.Column<int>(type: "int", nullable: true),
                    error = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: true, collation: "Latin1_General_100_BIN2"),
                    answer = table.Column<byte[]>(type: "varbinary(640)", maxLength: 640, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callback_attempts", x => new { x.callback_id, x.number })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "callbacks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    previous = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    status = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    content = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    failures = table.Column<int>(type: "int", nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    lease_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_callbacks", x => x.id)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "dead_letters",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    queue = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    message_id = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    reason = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: false, collation: "Latin1_General_100_BIN2"),
                    headers = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    size = table.Column<int>(type: "int", nullable: false),
                    original = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false, defaultValueSql: "SYSUTCDATETIME()"),
                    replayed_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dead_letters", x => x.id)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "deliveries",
                columns: table => new
                {
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    step = table.Column<int>(type: "int", nullable: false),
                    attempt = table.Column<int>(type: "int", nullable: false),
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    channel = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    route = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, defaultValue: "default", collation: "Latin1_General_100_BIN2"),
                    provider = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    is_resend = table.Column<bool>(type: "bit", nullable: false, defaultValue: false),
                    round = table.Column<int>(type: "int", nullable: false, defaultValue: 1),
                    tried = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: false, defaultValue: "", collation: "Latin1_General_100_BIN2"),
                    cost = table.Column<decimal>(type: "decimal(18,6)", precision: 18, scale: 6, nullable: false, defaultValue: 0m),
                    status = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    provider_message_id = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true, collation: "Latin1_General_100_BIN2"),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    publish_due_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    waiting_since = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    trace_parent = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    republished = table.Column<int>(type: "int", nullable: false),
                    lease_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    lease_until = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    sent_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    delivered_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    read_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deliveries", x => new { x.otp_id, x.step, x.attempt })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    key_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    command_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    expires_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => new { x.application_id, x.key_hash })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "inbox_messages",
                columns: table => new
                {
                    message_id = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    queue = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    received_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox_messages", x => new { x.message_id, x.queue })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "kept_receipts",
                columns: table => new
                {
                    provider = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    provider_message_id = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    status = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    occurred_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    received_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_kept_receipts", x => new { x.provider, x.provider_message_id, x.status })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "otp_changes",
                columns: table => new
                {
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    delivery_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    status = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2"),
                    occurred_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_otp_changes", x => new { x.otp_id, x.sequence })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "otp_pins",
                columns: table => new
                {
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    version = table.Column<int>(type: "int", nullable: false),
                    ciphertext = table.Column<byte[]>(type: "varbinary(512)", maxLength: 512, nullable: false),
                    key_id = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false, collation: "Latin1_General_100_BIN2"),
                    valid_until = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    exact = table.Column<bool>(type: "bit", nullable: false, defaultValue: false),
                    message = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    find_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    unique_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_otp_pins", x => new { x.otp_id, x.version });
                });

            migrationBuilder.CreateTable(
                name: "otp_submissions",
                columns: table => new
                {
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    code = table.Column<int>(type: "int", nullable: true),
                    attempts_remaining = table.Column<int>(type: "int", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_otp_submissions", x => new { x.otp_id, x.hash });
                });

            migrationBuilder.CreateTable(
                name: "otps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    track_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    channel = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    plan = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    country_iso = table.Column<string>(type: "nvarchar(2)", maxLength: 2, nullable: true, collation: "Latin1_General_100_BIN2"),
                    recipient_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    limit_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    lookup_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    external_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    details = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    status = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: true, collation: "Latin1_General_100_BIN2"),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    delivery_sequence = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    callback_events = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: true, collation: "Latin1_General_100_BIN2"),
                    events = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: true, collation: "Latin1_General_100_BIN2"),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    max_attempts = table.Column<int>(type: "int", nullable: false),
                    ttl = table.Column<int>(type: "int", nullable: false),
                    parts = table.Column<int>(type: "int", nullable: false),
                    cost = table.Column<decimal>(type: "decimal(18,6)", precision: 18, scale: 6, nullable: false),
                    metadata = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    verified_by = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    expires_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    is_test = table.Column<bool>(type: "bit", nullable: false, defaultValue: false),
                    final_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_otps", x => x.id)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "outbox_messages",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    message_type = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    correlation_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    routing_key = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true, collation: "Latin1_General_100_BIN2"),
                    destination_address = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true, collation: "Latin1_General_100_BIN2"),
                    body = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    headers = table.Column<string>(type: "nvarchar(max)", nullable: true, collation: "Latin1_General_100_BIN2"),
                    trace_parent = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    lease_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    parked_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    last_error = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "pending_feedback",
                columns: table => new
                {
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    attempt = table.Column<int>(type: "int", nullable: false),
                    republished = table.Column<int>(type: "int", nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pending_feedback", x => x.otp_id);
                });

            migrationBuilder.CreateTable(
                name: "pending_steps",
                columns: table => new
                {
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    step = table.Column<int>(type: "int", nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pending_steps", x => x.otp_id);
                });

            migrationBuilder.CreateTable(
                name: "provider_rates",
                columns: table => new
                {
                    provider = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    next_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_rates", x => x.provider)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "provider_reports",
                columns: table => new
                {
                    provider = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    process_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    reported_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    reading = table.Column<string>(type: "nvarchar(4000)", maxLength: 4000, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_reports", x => new { x.provider, x.process_id })
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "provider_settings",
                columns: table => new
                {
                    provider = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    paused = table.Column<bool>(type: "bit", nullable: false),
                    weight = table.Column<int>(type: "int", nullable: true),
                    updated_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_settings", x => x.provider)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "provider_tests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    provider = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    message = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false),
                    claimed_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    result = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_tests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "recipient_histories",
                columns: table => new
                {
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    recipient_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    sends = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    failed_guesses = table.Column<int>(type: "int", nullable: false),
                    cool_off_until = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: true),
                    updated_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_recipient_histories", x => new { x.application_id, x.recipient_hash });
                });

            migrationBuilder.CreateTable(
                name: "request_permits",
                columns: table => new
                {
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    minute = table.Column<long>(type: "bigint", nullable: false),
                    allowed = table.Column<int>(type: "int", nullable: false),
                    leased = table.Column<int>(type: "int", nullable: false),
                    leased_before = table.Column<int>(type: "int", nullable: false),
                    granted = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_request_permits", x => x.application_id);
                });

            migrationBuilder.CreateTable(
                name: "sandbox_callbacks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    otp_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    content = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    received_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sandbox_callbacks", x => x.id)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "sandbox_messages",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_test = table.Column<bool>(type: "bit", nullable: false, defaultValue: false),
                    recipient_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    content = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    sent_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sandbox_messages", x => x.id)
                        .Annotation("SqlServer:Clustered", false);
                });

            migrationBuilder.CreateTable(
                name: "webhook_secrets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    application_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    secret = table.Column<byte[]>(type: "varbinary(160)", maxLength: 160, nullable: false),
                    seeded = table.Column<bool>(type: "bit", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_secrets", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_application_id",
                table: "api_keys",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "ux_api_keys_hash",
                table: "api_keys",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_application_identifiers_application_id",
                table: "application_identifiers",
                column: "application_id");

            migrationBuilder.CreateIndex(
                name: "ux_application_identifiers_kind_identifier",
                table: "application_identifiers",
                columns: new[] { "kind", "identifier" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "cx_callback_attempts",
                table: "callback_attempts",
                columns: new[] { "started_at", "callback_id", "number" },
                unique: true)
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "cx_callbacks",
                table: "callbacks",
                columns: new[] { "created_at", "id" },
                unique: true)
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_application_due_pending",
                table: "callbacks",
                columns: new[] { "application_id", "due_at" },
                filter: "status = 'PENDING'");

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_id_parked",
                table: "callbacks",
                column: "id",
                filter: "status = 'PARKED'");

            migrationBuilder.CreateIndex(
                name: "ix_callbacks_status_created",
                table: "callbacks",
                columns: new[] { "status", "created_at", "id" },
                filter: "status <> 'PENDING'");

            migrationBuilder.CreateIndex(
                name: "ux_callbacks_change",
                table: "callbacks",
                columns: new[] { "otp_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_dead_letters_created_at",
                table: "dead_letters",
                column: "created_at")
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_dead_letters_queue",
                table: "dead_letters",
                columns: new[] { "queue", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "cx_deliveries",
                table: "deliveries",
                columns: new[] { "created_at", "id" },
                unique: true)
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_lease_until_sending",
                table: "deliveries",
                column: "lease_until",
                filter: "status = 'SENDING'");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_provider_message",
                table: "deliveries",
                columns: new[] { "provider", "provider_message_id" },
                filter: "provider_message_id IS NOT NULL AND provider <> 'sandbox'");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_published",
                table: "deliveries",
                columns: new[] { "channel", "application_id", "publish_due_at" },
                filter: "status = 'QUEUED' AND waiting_since IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_waiting",
                table: "deliveries",
                columns: new[] { "channel", "application_id", "due_at" },
                filter: "status = 'QUEUED' AND waiting_since IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_expires_at",
                table: "idempotency_keys",
                column: "expires_at")
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_inbox_messages_received_at",
                table: "inbox_messages",
                column: "received_at")
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_kept_receipts_received_at",
                table: "kept_receipts",
                column: "received_at")
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "cx_otp_changes",
                table: "otp_changes",
                columns: new[] { "occurred_at", "otp_id", "sequence" },
                unique: true)
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_otp_pins_find_hash",
                table: "otp_pins",
                column: "find_hash",
                filter: "find_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_otp_pins_valid_until",
                table: "otp_pins",
                column: "valid_until");

            migrationBuilder.CreateIndex(
                name: "ux_otp_pins_unique_hash",
                table: "otp_pins",
                column: "unique_hash",
                unique: true,
                filter: "unique_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "cx_otps",
                table: "otps",
                columns: new[] { "created_at", "id" },
                unique: true)
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_otps_application_id",
                table: "otps",
                columns: new[] { "application_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_otps_external_hash",
                table: "otps",
                columns: new[] { "external_hash", "created_at" },
                filter: "external_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_otps_lookup_hash",
                table: "otps",
                columns: new[] { "lookup_hash", "created_at" },
                filter: "lookup_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_otps_recipient_hash",
                table: "otps",
                columns: new[] { "recipient_hash", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_otps_track_id",
                table: "otps",
                columns: new[] { "track_id", "created_at" },
                filter: "track_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_due_at",
                table: "outbox_messages",
                column: "due_at",
                filter: "parked_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_pending_feedback_due_at",
                table: "pending_feedback",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "ix_pending_steps_due_at",
                table: "pending_steps",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "ix_recipient_histories_updated_at",
                table: "recipient_histories",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "ix_sandbox_callbacks_otp_id",
                table: "sandbox_callbacks",
                column: "otp_id");

            migrationBuilder.CreateIndex(
                name: "ix_sandbox_callbacks_received_at",
                table: "sandbox_callbacks",
                column: "received_at")
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_sandbox_messages_recipient",
                table: "sandbox_messages",
                columns: new[] { "application_id", "recipient_hash" });

            migrationBuilder.CreateIndex(
                name: "ix_sandbox_messages_sent_at",
                table: "sandbox_messages",
                column: "sent_at")
                .Annotation("SqlServer:Clustered", true);

            migrationBuilder.CreateIndex(
                name: "ix_webhook_secrets_application_id",
                table: "webhook_secrets",
                column: "application_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "application_identifiers");

            migrationBuilder.DropTable(
                name: "application_spendings");

            migrationBuilder.DropTable(
                name: "applications");

            migrationBuilder.DropTable(
                name: "callback_attempts");

            migrationBuilder.DropTable(
                name: "callbacks");

            migrationBuilder.DropTable(
                name: "dead_letters");

            migrationBuilder.DropTable(
                name: "deliveries");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "inbox_messages");

            migrationBuilder.DropTable(
                name: "kept_receipts");

            migrationBuilder.DropTable(
                name: "otp_changes");

            migrationBuilder.DropTable(
                name: "otp_pins");

            migrationBuilder.DropTable(
                name: "otp_submissions");

            migrationBuilder.DropTable(
                name: "otps");

            migrationBuilder.DropTable(
                name: "outbox_messages");

            migrationBuilder.DropTable(
                name: "pending_feedback");

            migrationBuilder.DropTable(
                name: "pending_steps");

            migrationBuilder.DropTable(
                name: "provider_rates");

            migrationBuilder.DropTable(
                name: "provider_reports");

            migrationBuilder.DropTable(
                name: "provider_settings");

            migrationBuilder.DropTable(
                name: "provider_tests");

            migrationBuilder.DropTable(
                name: "recipient_histories");

            migrationBuilder.DropTable(
                name: "request_permits");

            migrationBuilder.DropTable(
                name: "sandbox_callbacks");

            migrationBuilder.DropTable(
                name: "sandbox_messages");

            migrationBuilder.DropTable(
                name: "webhook_secrets");
        }
    }
}
