using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[CollectionDefinition(Name)]
public sealed class PerfumerlabsCollection : ICollectionFixture<PerfumerlabsHost>
{
    public const string Name = "Perfumerlabs";
}

/// <summary>
/// The Api with the Perfumerlabs compatible API switched on for an application of its own, over the database of all tests.
/// </summary>
public sealed class PerfumerlabsHost(ApiHost host) : IAsyncLifetime
{
    public const string Username = "backend";
    public const string Password = "geheim: mit Doppelpunkt";
    public const string Token = "Telegram-secret_1";
    private WebApplicationFactory<Program>? _factory;

    public ApiHost Host => host;

    /// <summary>Leaves sender, template and kind of PIN to the request, and allows five guesses.</summary>
    public Tenant Shop { get; } = Tenant.New();

    public CapturedLogs Logs { get; } = new();

    public WebApplicationFactory<Program> Factory => _factory ?? throw new InvalidOperationException("Servers.SkipWithout was not called.");

    /// <summary>What the compatible API needs, by its names.</summary>
    public Dictionary<string, string> Settings => SettingsOf(Shop);

    public static Dictionary<string, string> SettingsOf(Tenant tenant) => new(StringComparer.Ordinal)
    {
        ["Perfumerlabs:ApplicationId"] = tenant.Id.ToString(),
        ["Perfumerlabs:AllowPasswordReadback"] = "true",
        ["Perfumerlabs:TelegramSecretToken"] = Token,
        ["HTTP_AUTH_USERNAME"] = Username,
        ["HTTP_AUTH_PASSWORD"] = Password,
    };

    /// <summary>The settings without one or two keys, and with others over them.</summary>
    public Dictionary<string, string> SettingsWithout(string key, string other = "", params (string Key, string Value)[] over)
    {
        var settings = Settings;
        settings.Remove(key);
        settings.Remove(other);
        foreach (var (name, value) in over)
        {
            settings[name] = value;
        }

        return settings;
    }

    public async ValueTask InitializeAsync()
    {
        if (Servers.Postgres is not { Length: > 0 })
        {
            return;
        }

        var settings = new ApplicationSettings { From = null, Template = null, PinType = null, PinLength = 4, Limits = new() { SendsPerHour = 100_000, SendsPerDay = 100_000 } };
        await AddAsync(Shop, settings);
        _factory = Start(Settings, Logs);
    }

    public async ValueTask DisposeAsync()
    {
        if (_factory is not null)
        {
            await _factory.StopAsync();
        }
    }

    public Task<int> AddAsync(Tenant tenant, ApplicationSettings settings, bool active = true) => host.QueryAsync(db =>
    {
        db.AddRange(tenant.Application(settings, active), tenant.KeyRow());
        return db.SaveChangesAsync();
    });

    /// <summary>Another process with other settings.</summary>
    public WebApplicationFactory<Program> Start(IReadOnlyDictionary<string, string> settings, CapturedLogs? logs = null) =>
        new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            foreach (var (key, value) in host.Configuration)
            {
                builder.UseSetting(key, value);
            }

            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureLogging(logging =>
            {
                logging.ClearProviders();
                if (logs is not null)
                {
                    logging.AddProvider(logs).AddFilter<CapturedLogs>(category: null, LogLevel.Trace);
                }
            });
        });

    public PerfumerlabsClient Client => new(Factory.CreateClient(), Basic(Username, Password));

    public static AuthenticationHeaderValue Basic(string name, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));

    /// <summary>The newest OTP of a recipient of the shop.</summary>
    public async Task<Otp> LastAsync(Core.Recipients.Recipient recipient)
    {
        var hash = Factory.Services.GetRequiredService<OtpSecrets>().HashRecipient(recipient);
        return await host.QueryAsync(
            db => db.Otps.AsNoTracking().Where(o => o.RecipientHash == hash).OrderByDescending(o => o.Id).FirstAsync());
    }

    public Task<Otp> LastAsync(string phone) =>
        LastAsync(
            Core.Recipients.Recipient.From(
                ((Core.Recipients.PhoneParseResult.Ok)Core.Recipients.PhoneNumber.Parse($"+{phone}", null)).Number));

    public Task<OtpPin?> PinAsync(Guid otpId) => host.QueryAsync(db => db.Pins.AsNoTracking().SingleOrDefaultAsync(p => p.OtpId == otpId));

    public Task<int> CountAsync(Tenant? tenant = null) =>
        host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == (tenant ?? Shop).Id));
}

/// <summary>A caller of the compatible API.</summary>
public sealed class PerfumerlabsClient(HttpClient http, AuthenticationHeaderValue? authorization)
{
    public Task<Answer> PostAsync(string path, string? body, string? contentType = "application/json") =>
        SendAsync(HttpMethod.Post, path, body, contentType);

    public Task<Answer> GetAsync(string path, string? body = null, string? contentType = "application/json") =>
        SendAsync(HttpMethod.Get, path, body, contentType);

    public Task<Answer> SmsAsync(string phone, string password, int lifetime = 300) =>
        PostAsync(
            "/sms", $$"""{"phone":"{{phone}}","password":"{{password}}","message":"Your OTP is {{password}}","lifetime":{{lifetime}}}""");

    public Task<Answer> CheckAsync(string phone, string password) =>
        GetAsync("/sms/check", $$"""{"phone":"{{phone}}","password":"{{password}}"}""");

    public Task<Answer> WebhookAsync(string body, string? token = PerfumerlabsHost.Token) =>
        SendAsync(HttpMethod.Post, "/telegram/webhook", body, "application/json", ("X-Telegram-Bot-Api-Secret-Token", token));

    public Task<Answer> SendAsync(
        HttpMethod method, string path, string? body, string? contentType, params (string Name, string? Value)[] headers) =>
        SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, headers);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, byte[]? body, string? contentType, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) };
        if (body is not null && contentType is not null)
        {
            request.Content!.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        request.Headers.Authorization = authorization;
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}

internal static class PerfumerlabsAnswerAssertions
{
    public static void ShouldBeDone(this Answer answer) => answer.ShouldBe(200, """{"status":true}""");

    public static void ShouldBeWrong(this Answer answer) => answer.ShouldBe(200, """{"status":false}""");

    public static void ShouldBeRefused(this Answer answer, int status, string message) =>
        answer.ShouldBe(status, $$"""{"status":false,"message":"{{message.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""");

    public static void ShouldBeLimit(this Answer answer, string code, string message) =>
        answer.ShouldBe(400, $$"""{"status":false,"status_code":"{{code}}","message":"{{message}}"}""");

    /// <summary>The whole answer, to the letter.</summary>
    public static void ShouldBe(this Answer answer, int status, string body)
    {
        answer.Text.ShouldBe(body);
        ((int)answer.Status).ShouldBe(status);
        answer["Content-Type"].ShouldBe("application/json");
    }
}

/// <summary>Recipients as the compatible API writes them, each once.</summary>
internal static class Someone
{
    private static int _last = 5000;

    /// <summary>A phone number without its plus sign.</summary>
    public static string Phone() => Recipients.Next().TrimStart('+');

    public static string Email() => $"someone{Interlocked.Increment(ref _last)}@mail.example";

    public static long Chat() => 4_400_000_000 + Interlocked.Increment(ref _last);
}
