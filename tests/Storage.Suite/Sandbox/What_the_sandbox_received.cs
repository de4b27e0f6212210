using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Storage.Suite.Sandbox;

public sealed class What_the_sandbox_received(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Comes_back_as_it_was_stored()
    {
        var application = await ApplicationAsync();
        var sentAt = await Process.ClockAsync();
        List<SandboxMessage> messages = [.. Enumerable.Range(0, 3).Select(i => Message(application.Id, $"{i}", isTest: i == 1, sentAt))];

        await Get<ISandboxStore>().InsertAsync(messages, CancellationToken.None);

        var stored = await Process.QueryAsync(
            db => db.Set<SandboxMessage>().AsNoTracking().Where(m => m.ApplicationId == application.Id).ToListAsync());
        stored.Select(m => (Process.Secrets.DecryptSandbox(m).Text, m.IsTest))
            .ShouldBe([("0", false), ("1", true), ("2", false)], ignoreOrder: true);
        stored.Select(m => Convert.ToHexString(m.RecipientHash))
            .ShouldBe(messages.Select(m => Convert.ToHexString(m.RecipientHash)), ignoreOrder: true);
        stored.ShouldAllBe(m => m.SentAt == sentAt);
    }

    [Fact]
    public async Task Keeps_a_callback_with_the_time_of_the_database()
    {
        var (id, otpId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var before = await Process.ClockAsync();

        await Get<ISandboxStore>().InsertCallbackAsync(id, otpId, [1, 2, 3], CancellationToken.None);

        var stored = await Process.QueryAsync(db => db.Set<SandboxCallback>().AsNoTracking().SingleAsync(c => c.OtpId == otpId));
        stored.Content.ShouldBe([1, 2, 3]);
        stored.ReceivedAt.ShouldBeInRange(before, await Process.ClockAsync());
    }

    private SandboxMessage Message(Guid applicationId, string text, bool isTest, DateTime sentAt)
    {
        var id = Guid.CreateVersion7();
        return new()
        {
            Id = id,
            ApplicationId = applicationId,
            IsTest = isTest,
            RecipientHash = RandomNumberGenerator.GetBytes(32),
            Content = Process.Secrets.EncryptSandbox(id, new("sms", "+33612246400", text, "1234")),
            SentAt = sentAt,
        };
    }
}
