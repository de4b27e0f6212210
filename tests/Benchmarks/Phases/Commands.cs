using System.Diagnostics;
using System.Text;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Processor;
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
    private const string Name = "commands from the bus";
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
        var bus = await bench.CeilingAsync(RawBus.Ceiling, cancellationToken);
        await using (var warming = await ConnectAsync(bench, running, cancellationToken))
        {
            if (!await warming.QueueExistsAsync(cancellationToken) || !await warming.StartAsync(cancellationToken))
            {
                bench.Report.Add(new(Name, null, "1/s", bus, Note: "NOT THERE YET: no answer within 10 s"));
                return;
            }

            Console.WriteLine($"  {bench.Lengths.WarmUp.TotalSeconds:0} s of commands to warm up");
            await Task.Delay(bench.Lengths.WarmUp, cancellationToken);
            await warming.StopSendingAsync();
        }

        await running.DrainAsync(cancellationToken);
        await using var commands = await ConnectAsync(bench, running, cancellationToken);
        var meter = ProcessorMeter.Start(bench);
        await commands.StartAsync(cancellationToken);
        var rate = await Gauge.RateAsync(Name, bench.Lengths.Warm(), () => Interlocked.Read(ref commands._accepted), cancellationToken);
        await commands.StopSendingAsync();
        await running.DrainAsync(cancellationToken);
        var note = commands._refused > 0 ? $"{commands._refused:#,##0} were refused, the first with {commands._firstError}" : null;
        bench.Report.Add(new(Name, rate, "1/s", bus, Note: note));
        bench.Report.Add(meter.PerOtp(
            "commanded and delivered", Interlocked.Read(ref commands._accepted), Goal.RatioAtMost(1.3), bench.Report.ValueOf(Intake.Delivered)));
    }

    public async ValueTask DisposeAsync()
    {
        await StopSendingAsync();
        await _connection.DisposeAsync();
    }

    private static async Task<Commands> ConnectAsync(Bench bench, Pipeline running, CancellationToken cancellationToken) =>
        new(running, await new ConnectionFactory { Uri = bench.Arguments.RabbitMq }.CreateConnectionAsync(cancellationToken));

    /// <summary>Sends no more, and waits for the answers to what was sent.</summary>
    private async Task StopSendingAsync()
    {
        await _stop.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var watch = Stopwatch.StartNew();
        while (_window.CurrentCount < Open && watch.Elapsed < Patience)
        {
            await Task.Delay(20, CancellationToken.None);
        }
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
            if (_stop.IsCancellationRequested)
            {
                _window.Release();
                return;
            }

            var body = $$"""{"applicationId":"{{_pipeline.ApplicationId}}","phoneNumber":"{{IntakeRequest.RecipientOf(IntakeRequest.NextNumber())}}","ttl":1800}""";
            var id = Guid.CreateVersion7().ToString();
            var properties = new BasicProperties { MessageId = id, CorrelationId = id, ReplyTo = _replyTo, ContentType = "application/json", Persistent = true };
            await channel.BasicPublishAsync("", Queue, mandatory: false, properties, Encoding.UTF8.GetBytes(body), CancellationToken.None);
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
