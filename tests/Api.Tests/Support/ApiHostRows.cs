using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>Rows of the Api's database that a test reads or changes behind its back.</summary>
public static class ApiHostRows
{
    public static async Task<string> PinOfAsync(this ApiHost host, Guid otpId)
    {
        var row = await host.QueryAsync(db => db.Pins.AsNoTracking().SingleAsync(p => p.OtpId == otpId));
        return host.Services.GetRequiredService<OtpSecrets>().DecryptPin(row).Reveal();
    }

    /// <summary>A guess that has the PIN's length and is wrong.</summary>
    public static async Task<string> WrongPinOfAsync(this ApiHost host, Guid otpId)
    {
        var pin = await host.PinOfAsync(otpId);
        return (pin[0] == '1' ? "2" : "1") + pin[1..];
    }

    public static Task LetExpireAsync(this ApiHost host, Guid otpId) =>
        host.QueryAsync(
            db => db.Database.ExecuteSqlAsync($"UPDATE otps SET expires_at = clock_timestamp() - interval '1 ms' WHERE id = {otpId}"));

    /// <summary>As the sandbox provider of a worker leaves a message.</summary>
    public static Task<int> AddSandboxMessageAsync(
        this ApiHost host, Tenant tenant, Recipient recipient, SandboxContent content, DateTime sentAt,
        bool isTest = false) => host.QueryAsync(db =>
    {
        var secrets = host.Services.GetRequiredService<OtpSecrets>();
        var id = Guid.CreateVersion7();
        db.Add(new SandboxMessage
        {
            Id = id,
            ApplicationId = tenant.Id,
            IsTest = isTest,
            RecipientHash = secrets.HashRecipient(recipient),
            Content = secrets.EncryptSandbox(id, content),
            SentAt = sentAt,
        });
        return db.SaveChangesAsync();
    });

    /// <summary>OTPs as an application has many of them; their ids, newest first.</summary>
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
        var otps = StoredOtps.Create(
            ApiHost.Secrets, applicationId, count, atOnce, createdAt ?? DateTime.UtcNow.AddDays(-1), recipientHash, trackId, externalHash);
        await host.QueryAsync(db =>
        {
            db.AddRange(otps);
            return db.SaveChangesAsync();
        });
        return
        [
            .. otps.OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id.ToString(), StringComparer.Ordinal).Select(o => o.Id),
        ];
    }
}
