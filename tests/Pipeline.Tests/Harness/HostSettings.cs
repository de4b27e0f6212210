using System.Security.Cryptography;
using System.Text;
using Npgsql;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The environment of a host: a deployment's keys, and limits that no test meets by accident.</summary>
internal static class HostSettings
{
    /// <summary>Leases of deliveries that end while a test waits.</summary>
    public static IReadOnlyDictionary<string, string> ShortLease { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Deliveries:Lease"] = "00:00:06",
        ["Deliveries:Channels:sms:Timeout"] = "00:00:05",
        ["Deliveries:Channels:email:Timeout"] = "00:00:05",
        ["Deliveries:Channels:telegram:Timeout"] = "00:00:05",
        ["Deliveries:Channels:call:Timeout"] = "00:00:05",
        ["Deliveries:Channels:whatsapp:Timeout"] = "00:00:05",
        ["Deliveries:Channels:ussd:Timeout"] = "00:00:05",
    };

    /// <summary>The two-factor key of the application whose key this is.</summary>
    public static string GupshupKeyOf(string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("gupshup" + key)))[..32];

    public static Dictionary<string, string> From(Setup setup, string label, string database, Uri broker, Guid applicationId, string key)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Storage:Provider"] = "Postgres",
            ["ConnectionStrings:Otp"] = new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 30, ApplicationName = label, Options = setup.ConnectionOptions }.ConnectionString,
            ["RabbitMq:Uri"] = broker.ToString(),
            ["Otp:PinKeys:0:Id"] = "test-1",
            ["Otp:PinKeys:0:Key"] = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(key))),
            ["Sandbox:Enabled"] = "true",
            // Tests of the purge purge themselves, and a purge passes over the rows that another one is deleting.
            ["Jobs:PurgeInterval"] = "1.00:00:00",
            ["Applications:0:Id"] = applicationId.ToString(),
            ["Applications:0:Name"] = "tests",
            ["Applications:0:Keys:0:Key"] = key,
            ["Perfumerlabs:ApplicationId"] = applicationId.ToString(),
            ["Perfumerlabs:AllowPasswordReadback"] = "true",
            ["Perfumerlabs:TelegramSecretToken"] = PerfumerlabsCaller.Token,
            ["HTTP_AUTH_USERNAME"] = PerfumerlabsCaller.Username,
            ["HTTP_AUTH_PASSWORD"] = key,
            ["Applications:0:Settings:ResendCooldown"] = "0",
            ["Applications:0:Settings:MaxResends"] = "10",
            ["Applications:0:Settings:ResendPolicyByRequest"] = "true",
            ["Applications:0:Settings:Limits:SendsPerHour"] = "100000",
            ["Applications:0:Settings:Limits:SendsPerDay"] = "100000",
            ["Applications:0:Settings:Limits:RequestsPerMinute"] = "10000000",
            ["Applications:0:CompatibleApis:Gupshup:Keys:0:Key"] = GupshupKeyOf(key),
            ["Applications:0:CompatibleApis:Gupshup:Keys:0:Settings:message"] = "Code %code% {{pin}}",
            ["Applications:0:CompatibleApis:Gupshup:Keys:0:Settings:accountType"] = "intl",
            ["Applications:0:CompatibleApis:Gupshup:Keys:0:Settings:attempt"] = "2",
            ["Applications:0:CompatibleApis:Gupshup:Keys:0:Settings:retryPeriod"] = "0",
            ["Applications:0:CompatibleApis:Gupshup:UserId"] = "2000000001",
            ["Applications:0:CompatibleApis:Gupshup:Password"] = key,
        };
        if (setup.Cluster is { } cluster)
        {
            values.Remove("RabbitMq:Uri");
            foreach (var (i, host) in cluster.Hosts.Index())
            {
                values[$"RabbitMq:Hosts:{i}"] = host;
            }
        }

        foreach (var (name, value) in CompatibleApiSettings.All.Concat(setup.Settings))
        {
            values[name] = value;
        }

        return values.ToDictionary(v => v.Key.Replace(":", "__", StringComparison.Ordinal), v => v.Value, StringComparer.Ordinal);
    }
}
