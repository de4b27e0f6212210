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
}
