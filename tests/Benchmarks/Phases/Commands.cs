using System.Diagnostics;
using System.Text;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>
/// RequestOtp as plain JSON to the default exchange, as a producer of any language sends it; an answer at reply_to counts.
/// </summary>
internal sealed class Commands : IAsyncDisposable
{
    private const string Queue = "request-otp";
    private const int Open = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Pipeline _pipeline;
    private readonly IConnection _connection;
    private readonly SemaphoreSlim _window = new(Open);
    private readonly CancellationTokenSource _stop = new();
    private string _replyTo = "";
    private long _accepted;
    private long _refused;
    private string? _firstError;
    private Task _sending = Task.CompletedTask;

    private Commands(Pipeline running, IConnection connected) => (_pipeline, _connection) = (running, connected);

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var running = await bench.PipelineAsync(cancellationToken);
        var connected = await new ConnectionFactory { Uri = bench.Arguments.RabbitMq }.CreateConnectionAsync(cancellationToken);
        await using var commands = new Commands(running, connected);
        if (!await commands.QueueExistsAsync(cancellationToken) || !await commands.StartAsync(cancellationToken))
        {
            bench.Report.Add(
                new("commands from the bus", null, "1/s", bench.Report.ValueOf(RawBus.Name), Note: "NOT THERE YET: no answer within 10 s"));
            return;
        }

        var rate = await Gauge.RateAsync(
            "commands from the bus", bench.Lengths, () => Interlocked.Read(ref commands._accepted), cancellationToken);
        var note = commands._refused > 0 ? $"{commands._refused:#,##0} were refused, the first with {commands._firstError}" : null;
        bench.Report.Add(new("commands from the bus", rate, "1/s", bench.Report.ValueOf(RawBus.Name), Note: note));
        await commands.DisposeAsync();
        await running.DrainAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
    }

    private async Task<bool> QueueExistsAsync(CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclarePassiveAsync(Queue, cancellationToken);
            return true;
        }
        catch (OperationInterruptedException)
        {
            return false;
        }
    }

    /// <summary>Sends and receives from now on; false when no answer comes.</summary>
    private async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        var answers = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        _replyTo = (await answers.QueueDeclareAsync(cancellationToken: cancellationToken)).QueueName;
        var consumer = new AsyncEventingBasicConsumer(answers);
        consumer.ReceivedAsync += (_, answer) =>
        {
            Count(answer.Body.Span);
            return Task.CompletedTask;
        };
        await answers.BasicConsumeAsync(_replyTo, autoAck: true, consumer, cancellationToken);
        _sending = Task.Run(SendAsync, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        while (Interlocked.Read(ref _accepted) + Interlocked.Read(ref _refused) == 0 && watch.Elapsed < Patience)
        {
            await Task.Delay(50, cancellationToken);
        }

        return Interlocked.Read(ref _accepted) + Interlocked.Read(ref _refused) > 0;
    }

    private async Task SendAsync()
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: _stop.Token);
        while (true)
        {
            await _window.WaitAsync(_stop.Token);
            var body = $$"""{"applicationId":"{{_pipeline.ApplicationId}}","phoneNumber":"{{IntakeRequest.RecipientOf(IntakeRequest.NextNumber())}}","ttl":1800}""";
            var id = Guid.CreateVersion7().ToString();
            var properties = new BasicProperties { MessageId = id, CorrelationId = id, ReplyTo = _replyTo, ContentType = "application/json", Persistent = true };
            await channel.BasicPublishAsync("", Queue, mandatory: false, properties, Encoding.UTF8.GetBytes(body), _stop.Token);
        }
    }

    private void Count(ReadOnlySpan<byte> answer)
    {
        if (answer.IndexOf("\"dateExpires\""u8) >= 0)
        {
            Interlocked.Increment(ref _accepted);
        }
        else
        {
            _firstError ??= Encoding.UTF8.GetString(answer[..Math.Min(200, answer.Length)]);
            Interlocked.Increment(ref _refused);
        }

        _window.Release();
    }
}
