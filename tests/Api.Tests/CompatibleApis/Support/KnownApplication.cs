using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>An application that the clients of every compatible API know, made as an operator makes it.</summary>
public sealed record KnownApplication(MadeApplication Made, string BeemApp, string BeemKey, string BeemSecret, string Config)
{
    /// <summary>Whose phone numbers are international digits, with "Code %code%" and no retry period.</summary>
    private static readonly object Gupshup = new { message = "Code %code%", accountType = "intl", retryPeriod = "0" };
    private static readonly object Open = new { limits = new { sendsPerHour = 100_000, sendsPerDay = 100_000 } };
    private static int _lastApp = 700_000;

    public Guid Id => Guid.Parse(Made.Id);

    /// <summary>Of Gupshup: 32 hexadecimal digits.</summary>
    public required string TwoFactorKey { get; init; }

    public required string GatewayUser { get; init; }

    public required string GatewayPassword { get; init; }

    public string BeemPair => $"{BeemKey}:{BeemSecret}";

    /// <param name="host">The Api.</param>
    /// <param name="settings">As POST /admin/applications takes them; null for limits that no test meets.</param>
    /// <param name="beem">Settings of the appId.</param>
    /// <param name="bizMagnets">Settings of the config.</param>
    public static async Task<KnownApplication> MakeAsync(
        ApiHost host, object? settings = null, object? beem = null, object? bizMagnets = null)
    {
        await MadeApplicationsAttribute.DeleteEndedAsync(host);
        var admin = host.Admin();
        var made = await admin.WithApplicationAsync(settings ?? Open);
        var app = $"{Interlocked.Increment(ref _lastApp)}";

        // A brought-along secret is often base64 text itself, with a colon now and then.
        var (key, secret) = ($"{Guid.CreateVersion7():N}"[16..], $"Zm9v:{Guid.CreateVersion7():N}==");
        var config = $"Config-{Guid.CreateVersion7():N}";
        await AddAsync(admin, made, new { kind = "beem_app", identifier = app, settings = beem ?? new { } });
        await AddAsync(admin, made, new { kind = "beem_key", identifier = key, secret });
        await AddAsync(admin, made, new { kind = "bizmagnets_config", identifier = config, settings = bizMagnets ?? new { } });
        var (twoFactorKey, user, password) = ($"{Guid.NewGuid():N}", $"20{Guid.NewGuid():N}"[..20], $"gateway-{Guid.CreateVersion7():N}");
        await AddAsync(admin, made, new { kind = "gupshup_key", identifier = twoFactorKey, settings = Gupshup });
        await AddAsync(admin, made, new { kind = "gupshup_user", identifier = user, secret = password });
        await host.RefreshAsync();
        return new(made, app, key, secret, config) { TwoFactorKey = twoFactorKey, GatewayUser = user, GatewayPassword = password };
    }

    /// <summary>OTPs of the application, newest last.</summary>
    public Task<Guid[]> OtpsAsync(ApiHost host) =>
        host.QueryAsync(
            db => db.Otps.AsNoTracking().Where(o => o.ApplicationId == Id).OrderBy(o => o.CreatedAt).Select(o => o.Id).ToArrayAsync());

    private static async Task AddAsync(AdminClient admin, MadeApplication made, object identifier)
    {
        var answer = await admin.PostAsync($"/{made.Id}/identifiers", identifier);
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
    }
}
