using System.Collections.Concurrent;
using System.Diagnostics;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>OTPs that are requested, delivered, verified with the PIN that arrived, and called back, at once.</summary>
internal sealed class WholeLife
{
    public const string Name = "whole lives";

    /// <summary>Users who have an OTP under way; more than connections, since most of them wait for their message.</summary>
    private const int Users = 512;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Pipeline _pipeline;
    private readonly CallbackReceiver _receiver;
    private readonly ConcurrentDictionary<int, Life> _lives = new();
    private readonly ConcurrentQueue<DeliveredOtp> _typing = new();

    // One for each PIN that waits to be typed in and for each user who is free.
    private readonly SemaphoreSlim _work = new(Users);
    private long _completed;
    private bool _calledBack = true;

    private WholeLife(Pipeline running, CallbackReceiver receiving)
    {
        (_pipeline, _receiver) = (running, receiving);
        _receiver.Verified = _ => Complete();
    }

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var running = await bench.PipelineAsync(cancellationToken);
        var bus = await bench.CeilingAsync(RawBus.Ceiling, cancellationToken);
        await using var receiving = await CallbackReceiver.StartAsync(hosts: 1, cancellationToken);
        var life = new WholeLife(running, receiving);
        await using var watch = new MessageWatch(bench, running, life.Arrived);
        await using var callers = await Callers.StartAsync(running.Api.Address, life.NewCall, cancellationToken);
        await life.LookForCallbacksAsync(cancellationToken);
        var rate = await Gauge.RateAsync(
            life._calledBack ? "whole lives" : "lives without callback", bench.Lengths, () => Interlocked.Read(ref life._completed),
            cancellationToken);
        var failure = await callers.StopAsync();
        var note = life._calledBack
            ? failure
            : $"NO CALLBACK arrived within {Patience.TotalSeconds:0} s: request, delivery and verification only. {failure}".TrimEnd();
        bench.Report.Add(new(Name, rate, "1/s", bus, Goal.Ratio(0.12), note));
        await running.DrainAsync(cancellationToken);
        await receiving.SettleAsync(cancellationToken);
    }

    /// <summary>One call after the other: a PIN that arrived goes first, else a new OTP where a user has none.</summary>
    private Call NewCall()
    {
        var request = new IntakeRequest(_pipeline.Api.Address, _pipeline.Key, _receiver.Bases[0]);
        var guess = new VerifyRequest(_pipeline.Api.Address, _pipeline.Key);
        return async (wire, stopping) =>
        {
            await _work.WaitAsync(stopping);
            return _typing.TryDequeue(out var typed) ? await VerifyAsync(wire, guess, typed) : await RequestAsync(wire, request);
        };
    }

    private async Task<bool> RequestAsync(Wire wire, IntakeRequest request)
    {
        if (await wire.CallAsync(request.Next(out var number)) != 201)
        {
            return false;
        }

        Meet(number, life => life with { OtpId = wire.OtpId() });
        return true;
    }

    private async Task<bool> VerifyAsync(Wire wire, VerifyRequest guess, DeliveredOtp otp)
    {
        var verified = await wire.CallAsync(guess.From(otp.OtpId, otp.Pin)) == 200;
        if (verified && !_calledBack)
        {
            Complete();
        }

        return verified;
    }

    private void Arrived(ArrivedMessage message) => Meet(message.Number, life => life with { Pin = message.Pin });

    /// <summary>The answer and the message come in either order; when both are there, the PIN is typed in.</summary>
    private void Meet(int number, Func<Life, Life> learn)
    {
        var life = _lives.AddOrUpdate(number, _ => learn(default), (_, known) => learn(known));
        if (life is { OtpId: { } otpId, Pin: { } pin } && _lives.TryRemove(number, out _))
        {
            _typing.Enqueue(new(otpId, pin));
            _work.Release();
        }
    }

    private void Complete()
    {
        Interlocked.Increment(ref _completed);
        _work.Release();
    }

    private async Task LookForCallbacksAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (_receiver.Count == 0 && watch.Elapsed < Patience)
        {
            await Task.Delay(50, cancellationToken);
        }

        if (_receiver.Count == 0)
        {
            // All users wait for a callback that never comes: from here on a verified OTP is a completed one.
            Console.WriteLine($"  no callback within {Patience.TotalSeconds:0} s");
            _calledBack = false;
            _work.Release(Users);
        }
    }

    private readonly record struct Life(Guid? OtpId, string? Pin);
}
