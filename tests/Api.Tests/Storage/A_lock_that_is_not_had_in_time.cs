using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Api.Tests.Storage;

/// <summary>On a pool of one connection, so that whatever a time-out leaves behind meets the next request.</summary>
public sealed class A_lock_that_is_not_had_in_time : IAsyncDisposable
{
    private const int Guesses = 40;
    private const int GuessesEach = 8;
    private readonly ApiHost _host;
    private readonly KestrelHost _server;
    private readonly HttpClient _http;
    private readonly ApiClient _client;

    public A_lock_that_is_not_had_in_time(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        var connection = new NpgsqlConnectionStringBuilder(host.Configuration["ConnectionStrings:Otp"])
        {
            MaxPoolSize = 1,
            Options = "-c lock_timeout=200",
        };
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings:Otp"] = connection.ConnectionString };
        _server = new(host, settings);
        _http = new HttpClient { BaseAddress = _server.Address };
        _client = new(_http, host.Shop.Key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Leaves_no_connection_behind_that_refuses_the_next_guesses(int usesBefore)
    {
        var otps = new Guid[Guesses / GuessesEach];
        for (var i = 0; i < otps.Length; i++)
        {
            otps[i] = await _client.WithRequestedOtpAsync(maxAttempts: GuessesEach + 1);
        }

        Array.Sort(otps, (a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
        for (var i = 0; i < usesBefore; i++)
        {
            (await LockAsync(otps)).ShouldBe(otps.Length);
        }

        await using (await HoldAsync(otps[1]))
        {
            (await Should.ThrowAsync<PostgresException>(() => LockAsync(otps))).SqlState.ShouldBe(PostgresErrorCodes.LockNotAvailable);
        }

        for (var i = 0; i < Guesses; i++)
        {
            // Ten digits, where every PIN has six.
            var answer = await _client.VerifyAsync(otps[i % otps.Length], "0000000000");
            answer.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2029, answer.Text);
        }

        (await LockAsync(otps)).ShouldBe(otps.Length);
    }

    [Fact]
    public async Task Answers_the_guess_with_503_and_counts_nothing()
    {
        var otp = await _client.WithRequestedOtpAsync();
        await using (await HoldAsync(otp))
        {
            var refused = await _client.VerifyAsync(otp, "0000000000");

            refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, refused.Text);
            refused.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2150);
            refused["Retry-After"].ShouldBe("1");
        }

        (await _client.ReadAsync(otp)).Json.GetProperty("attempts").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_recipient_is_not_taken_for_one_of_an_idempotency_key()
    {
        var client = new ApiClient(_http, _host.OtherShop.Key);
        var body = new { phoneNumber = Recipients.Next() };
        (await client.RequestAsync(body, "first")).Status.ShouldBe(HttpStatusCode.Created);
        await using (
            await HoldStatementAsync($"SELECT 1 FROM recipient_histories WHERE application_id = '{_host.OtherShop.Id}' FOR UPDATE"))
        {
            (await client.RequestAsync(body, "second")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        await using (await HoldStatementAsync($"SELECT 1 FROM idempotency_keys WHERE application_id = '{_host.OtherShop.Id}' FOR UPDATE"))
        {
            (await client.RequestAsync(body, "first")).Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2107);
        }

        (await client.RequestAsync(body, "first")).Status.ShouldBe(HttpStatusCode.Created);
    }

    /// <summary>What the operator adds to the session's settings stands beside ours.</summary>
    [Fact]
    public async Task Is_one_of_the_limits_of_a_session_beside_those_of_the_operator()
    {
        await using var command = _server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'), "
            + "current_setting('enable_seqscan'), current_setting('jit')");
        await using var reader = await command.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue();

        Enumerable.Range(0, 4).Select(reader.GetString).ShouldBe(["200ms", "10s", "off", "off"]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private async Task<int> LockAsync(Guid[] otps)
    {
        await using var unit = await _server.Services.GetRequiredService<IOtpStore>().BeginAsync(CancellationToken.None);
        return (await unit.LockForVerificationAsync(otps, submissions: false, CancellationToken.None)).Otps.Count;
    }

    private Task<NpgsqlConnection> HoldAsync(Guid otp) => HoldStatementAsync($"SELECT 1 FROM otps WHERE id = '{otp}' FOR UPDATE");

    private async Task<NpgsqlConnection> HoldStatementAsync(string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(_host.Configuration["ConnectionStrings:Otp"]) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
