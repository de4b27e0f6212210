using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Tests.Shared;

/// <summary>Rows of OTPs as an application has many of them, without a request each.</summary>
internal static class StoredOtps
{
    /// <param name="secrets">Encrypts their details.</param>
    /// <param name="applicationId">Whose.</param>
    /// <param name="count">How many.</param>
    /// <param name="atOnce">How many of them have one time: a batch is created at one.</param>
    /// <param name="newest">Time of the newest; the others are older by a second each.</param>
    /// <param name="recipientHash">Null for another recipient each.</param>
    /// <param name="trackId">Of all.</param>
    /// <param name="externalHash">Of all.</param>
    public static List<Otp> Create(
        OtpSecrets secrets, Guid applicationId, int count, int atOnce, DateTime newest, byte[]? recipientHash = null,
        Guid? trackId = null, byte[]? externalHash = null)
    {
        return [.. Enumerable.Range(0, count).Select(i => Otp(i / atOnce))];

        Otp Otp(int back)
        {
            // Ids are made by the clocks of processes, so they need not follow the time.
            var id = Guid.NewGuid();
            return new()
            {
                Id = id,
                ApplicationId = applicationId,
                TrackId = trackId,
                Channel = Channel.Sms,
                CountryIso = "FR",
                RecipientHash = recipientHash ?? id.ToByteArray(),
                ExternalHash = externalHash,
                Details = secrets.EncryptDetails(id, new("+33612246400", "InfoText", "{{pin}}", null, null, null)),
                Status = OtpStatus.Pending,
                Sequence = 1,
                MaxAttempts = 5,
                Ttl = 300,
                Parts = 1,
                CreatedAt = new(newest.AddSeconds(-back).Ticks / 10 * 10, DateTimeKind.Utc),
                ExpiresAt = newest.AddDays(2),
            };
        }
    }
}
