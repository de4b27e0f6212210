using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Benchmarks.Seeding;

/// <summary>An OTP and the PIN that its recipient got.</summary>
internal readonly record struct DeliveredOtp(Guid OtpId, string Pin);

/// <summary>One whose end is near.</summary>
internal readonly record struct ExpiringOtp(Guid OtpId, string Pin, DateTime ExpiresAt);

/// <summary>Puts rows into the tables by COPY, as the pipeline itself would have left them.</summary>
/// <param name="database">The pipeline's database.</param>
/// <param name="pipeline">Whose keys seal the rows.</param>
/// <param name="callbackBases">OTPs are called back at these addresses in turn, their recipient's number behind it; null for none.</param>
internal sealed class OtpSeeder(NpgsqlDataSource database, Pipeline pipeline, IReadOnlyList<string>? callbackBases = null)
{
    private const int Chunk = 20_000;
    private const string Otps =
        "otps (id, application_id, channel, country_iso, recipient_hash, details, status, reason, sequence, attempts, max_attempts, " +
        "ttl, parts, cost, created_at, expires_at, final_at, delivery_sequence, callback_events)";

    private const string Deliveries =
        "deliveries (id, otp_id, application_id, channel, provider, step, attempt, status, provider_message_id, due_at, " +
        "publish_due_at, republished, created_at, updated_at)";

    private const string Pins = "otp_pins (otp_id, version, ciphertext, key_id, valid_until)";
    private const string Histories = "recipient_histories (application_id, recipient_hash, sends, failed_guesses, updated_at)";

    private readonly RowMaker _make = new(pipeline.Secrets, callbackBases);

    /// <summary>OTPs whose PIN was delivered a moment ago and nobody has typed in yet.</summary>
    public async Task<List<DeliveredOtp>> PendingAsync(int count, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var delivered = new List<DeliveredOtp>(count);
        await CopyPendingAsync(
            count, _ => _make.Pending(now), row => delivered.Add(new(row.Id, row.Pin!)), cancellationToken);
        return delivered;
    }

    /// <summary>Such OTPs that expire one after the other, evenly from a moment on.</summary>
    public async Task<List<ExpiringOtp>> ExpiringAsync(int count, DateTime from, TimeSpan spread, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var expiring = new List<ExpiringOtp>(count);
        await CopyPendingAsync(
            count,
            i => _make.Pending(now) with { ExpiresAt = from + TimeSpan.FromMicroseconds(spread.TotalMicroseconds * i / count) },
            row => expiring.Add(new(row.Id, row.Pin!, row.ExpiresAt)),
            cancellationToken);
        return expiring;
    }

    /// <summary>OTPs of the last 29 days, final, as they stay until the retention ends; with their recipients' histories.</summary>
    public async Task FinishedAsync(int count, Action<int> progress, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        for (var done = 0; done < count; done += Chunk)
        {
            var first = done;
            var rows = Enumerable.Range(0, Math.Min(Chunk, count - done)).Select(i => _make.Finished(now, first + i, count)).ToList();
            await Task.WhenAll(
                CopyOtpsAsync(rows, cancellationToken),
                CopyDeliveriesAsync(rows, cancellationToken),
                CopyHistoriesAsync(rows, cancellationToken));
            progress(done + rows.Count);
        }
    }

    private async Task CopyPendingAsync(
        int count, Func<int, SeededOtp> make, Action<SeededOtp> made, CancellationToken cancellationToken)
    {
        for (var done = 0; done < count; done += Chunk)
        {
            var rows = Enumerable.Range(done, Math.Min(Chunk, count - done)).Select(make).ToList();
            rows.ForEach(made);
            await Task.WhenAll(
                CopyOtpsAsync(rows, cancellationToken),
                CopyAsync(Pins, rows, WritePinAsync, cancellationToken),
                CopyDeliveriesAsync(rows, cancellationToken),
                CopyHistoriesAsync(rows, cancellationToken));
        }
    }

    private Task CopyOtpsAsync(List<SeededOtp> rows, CancellationToken cancellationToken) =>
        CopyAsync(Otps, rows, WriteOtpAsync, cancellationToken);

    private Task CopyDeliveriesAsync(List<SeededOtp> rows, CancellationToken cancellationToken) =>
        CopyAsync(Deliveries, rows, WriteDeliveryAsync, cancellationToken);

    private Task CopyHistoriesAsync(List<SeededOtp> rows, CancellationToken cancellationToken) =>
        CopyAsync(Histories, rows, WriteHistoryAsync, cancellationToken);

    private async Task CopyAsync(
        string target, List<SeededOtp> rows, Func<NpgsqlBinaryImporter, SeededOtp, Task> write, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {target} FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await write(copy, row);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task WriteOtpAsync(NpgsqlBinaryImporter copy, SeededOtp row)
    {
        await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid);
        await copy.WriteAsync(pipeline.ApplicationId, NpgsqlDbType.Uuid);
        await copy.WriteAsync("sms", NpgsqlDbType.Varchar);
        await copy.WriteAsync("FR", NpgsqlDbType.Varchar);
        await copy.WriteAsync(row.RecipientHash, NpgsqlDbType.Bytea);
        await copy.WriteAsync(row.Details, NpgsqlDbType.Bytea);
        await copy.WriteAsync(row.Status, NpgsqlDbType.Varchar);
        await WriteAsync(copy, row.Reason, NpgsqlDbType.Varchar);
        await copy.WriteAsync(row.FinalAt is null ? 2L : 3L, NpgsqlDbType.Bigint);
        await copy.WriteAsync(0, NpgsqlDbType.Integer);
        await copy.WriteAsync(5, NpgsqlDbType.Integer);
        await copy.WriteAsync(RowMaker.Ttl, NpgsqlDbType.Integer);
        await copy.WriteAsync(1, NpgsqlDbType.Integer);
        await copy.WriteAsync(0m, NpgsqlDbType.Numeric);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz);
        await copy.WriteAsync(row.ExpiresAt, NpgsqlDbType.TimestampTz);
        if (row.FinalAt is { } final)
        {
            await copy.WriteAsync(final, NpgsqlDbType.TimestampTz);
        }
        else
        {
            await copy.WriteNullAsync();
        }

        await copy.WriteAsync(2L, NpgsqlDbType.Bigint);
        await WriteAsync(copy, callbackBases is null ? null : "status", NpgsqlDbType.Varchar);
    }

    private async Task WritePinAsync(NpgsqlBinaryImporter copy, SeededOtp row)
    {
        await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid);
        await copy.WriteAsync(1, NpgsqlDbType.Integer);
        await copy.WriteAsync(pipeline.Secrets.EncryptPin(row.Id, 1, new Pin(row.Pin!)), NpgsqlDbType.Bytea);
        await copy.WriteAsync(pipeline.Secrets.CurrentKeyId, NpgsqlDbType.Varchar);
        await copy.WriteAsync(row.ExpiresAt, NpgsqlDbType.TimestampTz);
    }

    private async Task WriteDeliveryAsync(NpgsqlBinaryImporter copy, SeededOtp row)
    {
        await copy.WriteAsync(Guid.CreateVersion7(new DateTimeOffset(row.CreatedAt, TimeSpan.Zero)), NpgsqlDbType.Uuid);
        await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid);
        await copy.WriteAsync(pipeline.ApplicationId, NpgsqlDbType.Uuid);
        await copy.WriteAsync("sms", NpgsqlDbType.Varchar);
        await copy.WriteAsync("sandbox", NpgsqlDbType.Varchar);
        await copy.WriteAsync(1, NpgsqlDbType.Integer);
        await copy.WriteAsync(1, NpgsqlDbType.Integer);
        await copy.WriteAsync("SENT", NpgsqlDbType.Varchar);
        await copy.WriteAsync(row.Id.ToString(), NpgsqlDbType.Varchar);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz);
        await copy.WriteAsync(0, NpgsqlDbType.Integer);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz);
    }

    private async Task WriteHistoryAsync(NpgsqlBinaryImporter copy, SeededOtp row)
    {
        await copy.WriteAsync(pipeline.ApplicationId, NpgsqlDbType.Uuid);
        await copy.WriteAsync(row.RecipientHash, NpgsqlDbType.Bytea);
        await copy.WriteAsync(
            new[] { new DateTimeOffset(row.CreatedAt).ToUnixTimeMilliseconds() }, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        await copy.WriteAsync(0, NpgsqlDbType.Integer);
        await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, NpgsqlDbType type) =>
        text is null ? copy.WriteNullAsync() : copy.WriteAsync(text, type);
}
