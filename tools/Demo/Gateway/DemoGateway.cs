using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace OtpPipeline.Demo.Gateway;

/// <summary>The servers for the demo's providers, in a separate process: two SMS gateways over HTTP and a mail server.</summary>
internal sealed class DemoGateway(string token)
{
    /// <summary>A number unknown to this gateway; the sandbox refuses the same number.</summary>
    private const string UnknownRecipient = "+15005550002";
    private readonly Inbox _inbox = new();

    /// <summary>Prints its addresses to standard output and runs until it is stopped.</summary>
    public static async Task<int> RunAsync()
    {
        if (Environment.GetEnvironmentVariable("OTP_DEMO_GATEWAY_TOKEN") is not { Length: > 0 } token)
        {
            await Console.Error.WriteLineAsync("OTP_DEMO_GATEWAY_TOKEN is needed: the bearer token of the gateway's callers.");
            return 2;
        }

        var gateway = new DemoGateway(token);
        using var twilio = new TwilioStandIn(token, gateway._inbox);
        using var unreachable = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // Bound and not listening: connections to this port are refused as long as the demo runs.
        unreachable.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var mail = new TcpListener(IPAddress.Loopback, 0);
        mail.Start();
        await using var web = await LoopbackServer.StartAsync(app =>
        {
            twilio.Map(app);
            gateway.Map(app);
        });
        var receiving = MailReceiver.RunAsync(mail, gateway._inbox, web.Lifetime.ApplicationStopping);
        int[] ports = [new Uri(web.Urls.First()).Port, PortOf(mail.LocalEndpoint), PortOf(unreachable.LocalEndPoint!)];
        Console.WriteLine($"ready {string.Join(' ', ports)}");
        await web.WaitForShutdownAsync();
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    /// <summary>Whether the request shows these credentials.</summary>
    internal static bool IsFrom(HttpRequest request, string credentials) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes(credentials));

    private void Map(WebApplication app)
    {
        var known = app.MapGroup("").AddEndpointFilter(async (context, next) =>
            IsKnown(context.HttpContext.Request) ? await next(context) : Results.Json(new { error = "unauthorized" }, statusCode: 401));
        known.MapPost("/sms", Take);
        known.MapGet("/received", (string recipient) => _inbox.To(recipient));
        known.MapGet("/receipts", (string recipient) => _inbox.ReceiptsFor(recipient));
    }

    private IResult Take(SmsRequest sms, HttpRequest request)
    {
        if (sms is not { To.Length: > 0, Text.Length: > 0 })
        {
            return Results.Json(new { error = "incomplete" }, statusCode: 400);
        }

        if (string.Equals(sms.To, UnknownRecipient, StringComparison.Ordinal))
        {
            return Results.Json(new { error = "unknown_recipient" }, statusCode: 400);
        }

        _inbox.Add(new("sms", sms.To, sms.Text));
        return Results.Json(new { id = request.Headers["Idempotency-Key"].ToString() }, statusCode: 202);
    }

    private bool IsKnown(HttpRequest request) => IsFrom(request, $"Bearer {token}");

    private static int PortOf(EndPoint point) => ((IPEndPoint)point).Port;

    private sealed record SmsRequest(string? To, string? Text);
}
