using System.Globalization;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Benchmarks.Seeding;

/// <summary>A row of <c>otps</c> and what hangs on it.</summary>
internal sealed record SeededOtp(
    Guid Id, byte[] RecipientHash, byte[] Details, string Status, string? Reason, DateTime CreatedAt, DateTime ExpiresAt,
    DateTime? FinalAt, string? Pin);

/// <summary>Makes OTPs with recipients that no request of the load has, encrypted like the pipeline's own.</summary>
internal sealed class RowMaker(OtpSecrets secrets, IReadOnlyList<string>? callbackBases)
{
    public const int Ttl = 1800;
    private const string Block = "+3362";
    private static readonly PinPolicy Policy = new(PinType.Numbers, 6);
    private static readonly TimeSpan Retained = TimeSpan.FromDays(29);
    private static readonly TimeSpan Typing = TimeSpan.FromSeconds(20);

    // OTPs that one phase leaves must not expire during another.
    private static readonly TimeSpan Valid = TimeSpan.FromDays(1);
    private static int _last;

    public SeededOtp Pending(DateTime now) =>
        Make(now, "PENDING", reason: null, finalAfter: null, Policy.Next().Reveal()) with { ExpiresAt = now + Valid };

    /// <summary>Number i of all, which are spread over the days before now: nine of ten verified, the tenth expired.</summary>
    public SeededOtp Finished(DateTime now, int i, int all)
    {
        var created = now - Retained + (Retained * (0.99 * i / all));
        return i % 10 == 0
            ? Make(created, "EXPIRED", "not_verified", TimeSpan.FromSeconds(Ttl), pin: null)
            : Make(created, "VERIFIED", reason: null, Typing, pin: null);
    }

    private SeededOtp Make(DateTime created, string status, string? reason, TimeSpan? finalAfter, string? pin)
    {
        var id = Guid.CreateVersion7(new DateTimeOffset(created, TimeSpan.Zero));
        var number = Interlocked.Increment(ref _last);
        var recipient = Recipient.FromStored(RecipientKind.Phone, Block + number.ToString("0000000", CultureInfo.InvariantCulture), "FR");
        var callback = callbackBases is null ? null : callbackBases[number % callbackBases.Count] + number;
        var details = new OtpDetails(
            recipient.Address, "InfoText", "Your verification code is {{pin}}", callback, Name: null, Locale: null);
        return new(
            id, secrets.HashRecipient(recipient), secrets.EncryptDetails(id, details), status, reason, created, created.AddSeconds(Ttl),
            finalAfter is { } after ? created + after : null, pin);
    }
}
