using System.Buffers.Binary;
using Npgsql;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>A message that reached its recipient.</summary>
/// <param name="Number">The recipient's.</param>
/// <param name="Pin">What the recipient reads.</param>
/// <param name="SentAt">When the provider was called, to the millisecond, by this machine's clock.</param>
internal readonly record struct ArrivedMessage(int Number, string Pin, DateTimeOffset SentAt);

/// <summary>
/// The recipients' eyes: reads the sandbox's new messages from its table, many at once, instead of asking the Api for each. The id
/// of a message is a UUIDv7 that the sandbox makes when it is called, so it tells that moment.
/// </summary>
internal sealed class MessageWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // Messages are stored in batches side by side: an older one can appear after a newer one.
    private static readonly TimeSpan LookBack = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FarLookBack = TimeSpan.FromSeconds(10);
    private const int FarLookEvery = 50;

    private readonly NpgsqlDataSource _database;
    private readonly Pipeline _pipeline;
    private readonly Action<ArrivedMessage> _arrived;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Guid> _seen = [];
    private readonly Task _watching;
    private DateTimeOffset _newest = TimeProvider.System.GetUtcNow();

    public MessageWatch(Bench bench, Pipeline pipeline, Action<ArrivedMessage> arrived)
    {
        (_database, _pipeline, _arrived) = (bench.Database, pipeline, arrived);
        _watching = Task.Run(WatchAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var first = _newest;
        for (var look = 1; !_stop.IsCancellationRequested; look++)
        {
            var from = _newest - (look % FarLookEvery == 0 ? FarLookBack : LookBack);
            await ReadAsync(from < first ? first : from);
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(DateTimeOffset from)
    {
        await using var command = _database.CreateCommand(
            "SELECT id, application_id, recipient_hash, content FROM sandbox_messages WHERE id >= $1");
        command.Parameters.Add(new() { Value = Floor(from) });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var id = reader.GetGuid(0);
            if (!_seen.Add(id))
            {
                continue;
            }

            var content = _pipeline.Secrets.DecryptSandbox(new SandboxMessage
            {
                Id = id,
                ApplicationId = reader.GetGuid(1),
                RecipientHash = reader.GetFieldValue<byte[]>(2),
                Content = reader.GetFieldValue<byte[]>(3),
            });
            var sentAt = TimeOf(id);
            _newest = sentAt > _newest ? sentAt : _newest;
            _arrived(new(IntakeRequest.NumberOf(content.Recipient), content.Pin, sentAt));
        }
    }

    /// <summary>The least UUIDv7 of a moment.</summary>
    private static Guid Floor(DateTimeOffset moment)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, moment.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
    }
}
