using System.Collections.Concurrent;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>Guesses with the right PIN from shortly before an OTP expires to shortly after it.</summary>
internal sealed class LastGuesses : IAsyncDisposable
{
    private const int Least = 50;
    private const int OneOf = 100;
    private const int Steps = 10;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly Callers _callers;
    private readonly ConcurrentQueue<Guid> _verified;

    private LastGuesses(Callers callers, ConcurrentQueue<Guid> verified, int count) => (_callers, _verified, Count) = (callers, verified, count);

    /// <summary>OTPs that are tried.</summary>
    public int Count { get; }

    /// <summary>OTPs that the Api reported as verified.</summary>
    public IReadOnlyCollection<Guid> Verified => _verified;

    /// <summary>Whether each guess is answered.</summary>
    public bool AreOver => _callers.Succeeded >= Count || _callers.HasFailed;

    public static async Task<LastGuesses> StartAsync(
        Pipeline pipeline, DatabaseClock clock, IReadOnlyList<ExpiringOtp> otps, CancellationToken cancellationToken)
    {
        var every = Math.Max(1, otps.Count / Math.Max(Least, otps.Count / OneOf));
        var guesses = otps.Where((_, i) => i % every == 0)
            .Select((otp, i) => (otp.OtpId, otp.Pin, At: otp.ExpiresAt + (((i % ((2 * Steps) + 1)) - Steps) * Step)))
            .OrderBy(g => g.At).ToList();
        var verified = new ConcurrentQueue<Guid>();
        var next = -1;
        var callers = await Callers.StartAsync(
            pipeline.Api.Address,
            () =>
            {
                var request = new VerifyRequest(pipeline.Api.Address, pipeline.Key);
                return async (wire, stopping) =>
                {
                    var i = Interlocked.Increment(ref next);
                    if (i >= guesses.Count)
                    {
                        await Task.Delay(Timeout.Infinite, stopping);
                    }

                    await clock.UntilAsync(guesses[i].At, stopping);
                    var status = await wire.CallAsync(request.From(guesses[i].OtpId, guesses[i].Pin));
                    if (status == 200)
                    {
                        verified.Enqueue(guesses[i].OtpId);
                    }

                    return status is 200 or 400;
                };
            },
            cancellationToken);
        return new(callers, verified, guesses.Count);
    }

    /// <summary>Ends them and says what went wrong; null when nothing did.</summary>
    public Task<string?> StopAsync() => _callers.StopAsync();

    public ValueTask DisposeAsync() => _callers.DisposeAsync();
}
