using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Admin;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Providers;

/// <summary>Has a worker send a test message: this host has no providers. The row in the database carries question and answer.</summary>
internal sealed class ProviderTrial(
    IProviderStore store, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, IOptions<DeliveryOptions> options,
    TimeProvider time)
{
    private const string DefaultFrom = "OtpPipeline";

    // A worker looks for tests every two seconds.
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads a test message; notes each field that is wrong.</summary>
    public static ProviderTestMessage? Read(FieldReader reader)
    {
        var channel = reader.Word<Channel>("channel", null);
        if (!reader.Has("channel"))
        {
            reader.Refuse("channel", $"must be one of: {Channels.Names}");
        }

        var address = reader.Scalar("recipient");
        var from = reader.Text("from", DefaultFrom, OptionRules.From, nullable: false) ?? DefaultFrom;
        var recipient = channel is { } known ? Parse(known, address) : null;
        if (channel is not null && recipient is null)
        {
            reader.Refuse("recipient", channel switch
            {
                Channel.Email => "must be an e-mail address",
                Channel.Telegram => "must be a chat id",
                _ => "must be a phone number in E.164, such as +33612246400",
            });
        }

        reader.End();
        return recipient is null ? null : new(channel!.Value.Text(), recipient.Address, recipient.CountryIso, from);
    }

    /// <summary>Null when no worker answered. Nothing stays in the database, however the call ends.</summary>
    public async Task<ProviderTestAnswer?> RunAsync(string provider, ProviderTestMessage message, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await store.RequestTestAsync(id, provider, secrets.EncryptProviderTest(id, message), cancellationToken);
        try
        {
            var patience = Claim + options.Value.From(EnumText<Channel>.Parse(message.Channel)).Timeout;
            return await ResultAsync(id, patience, cancellationToken) is not { } result
                ? null
                : new(provider, result.Outcome, Scope(result.Outcome), result.Reason, result.ProviderMessageId, result.Milliseconds);
        }
        finally
        {
            await store.ForgetTestAsync(id, CancellationToken.None);
        }
    }

    private async Task<ProviderTestResult?> ResultAsync(Guid id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < patience)
        {
            await Task.Delay(Poll, time, cancellationToken);
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var result = context.Set<ProviderTest>().Where(t => t.Id == id).Select(t => t.Result);
            if (await result.SingleOrDefaultAsync(cancellationToken) is { } text)
            {
                return JsonSerializer.Deserialize(text, ProviderJson.Default.ProviderTestResult);
            }
        }

        return null;
    }

    private static string? Scope(string outcome) => outcome switch
    {
        "refused" => "recipient",
        "failed" => "provider",
        "throttled" or "unknown" => outcome,
        _ => null,
    };

    private static Recipient? Parse(Channel channel, string? address) => channel switch
    {
        Channel.Email => EmailAddress.TryParse(address, out var email) ? Recipient.From(email) : null,
        Channel.Telegram => TelegramChat.TryParse(address, out var chat) ? Recipient.From(chat) : null,
        _ => PhoneNumber.Parse(address, null) is PhoneParseResult.Ok ok ? Recipient.From(ok.Number) : null,
    };
}
