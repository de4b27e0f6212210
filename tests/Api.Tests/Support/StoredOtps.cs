using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>OTPs as an application has many of them, without a request each.</summary>
internal static class StoredOtps
{
    /// <returns>Their ids, newest first.</returns>
    /// <param name="host">The Api.</param>
    /// <param name="applicationId">Whose.</param>
    /// <param name="count">How many.</param>
    /// <param name="atOnce">How many of them have one time: a batch is created at one.</param>
    /// <param name="createdAt">Time of the newest.</param>
    /// <param name="recipientHash">Null for another recipient each.</param>
    /// <param name="trackId">Of all.</param>
    /// <param name="externalHash">Of all.</param>
    public static async Task<IReadOnlyList<Guid>> AddOtpsAsync(
        this ApiHost host, Guid applicationId, int count, int atOnce = 7, DateTime? createdAt = null, byte[]? recipientHash = null,
        Guid? trackId = null, byte[]? externalHash = null)
    {
        var newest = createdAt ?? DateTime.UtcNow.AddDays(-1);
        var otps = Enumerable.Range(0, count).Select(i => Otp(i / atOnce)).ToList();
        await host.QueryAsync(db =>
        {
            db.AddRange(otps);
            return db.SaveChangesAsync();
        });
        return
        [
            .. otps.OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id.ToString(), StringComparer.Ordinal).Select(o => o.Id),
        ];

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
                Details = ApiHost.Secrets.EncryptDetails(id, new("+33612246400", "InfoText", "{{pin}}", null, null, null)),
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
