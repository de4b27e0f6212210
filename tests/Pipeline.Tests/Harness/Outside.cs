using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The world that configured providers reach: an SMS gateway over HTTP and a mail server, which keep what they are given.</summary>
internal sealed class Outside : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Recipient, string Text, string Reference)> _sms = new();
    private readonly ConcurrentQueue<string> _mails = new();
    private readonly TcpListener _mailServer = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly WebApplication _gateway;

    private Outside()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _gateway = builder.Build();
        _gateway.MapPost("/sms", TakeSms);
    }

    public string GatewayUrl => $"{_gateway.Urls.First()}/sms";

    public int MailPort => ((IPEndPoint)_mailServer.LocalEndpoint).Port;

    public static async Task<Outside> StartAsync()
    {
        var outside = new Outside();
        outside._mailServer.Start();
        _ = outside.AcceptMailsAsync();
        await outside._gateway.StartAsync();
        return outside;
    }

    public List<(string Text, string Reference)> SmsTo(string recipient) =>
        [.. _sms.Where(m => string.Equals(m.Recipient, recipient, StringComparison.Ordinal)).Select(m => (m.Text, m.Reference))];

    public List<string> MailsTo(string recipient) => [.. _mails.Where(m => m.Contains($"To: {recipient}\n", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _mailServer.Dispose();
        await _gateway.DisposeAsync();
        _stop.Dispose();
    }

    private IResult TakeSms(HttpRequest request, JsonElement body)
    {
        if (!string.Equals(request.Headers.Authorization, "Bearer planted-token", StringComparison.Ordinal))
        {
            return Results.Unauthorized();
        }

        var reference = request.Headers["Idempotency-Key"].ToString();
        _sms.Enqueue((body.GetProperty("to").GetString()!, body.GetProperty("text").GetString()!, reference));
        return Results.Json(new { id = $"gw-{reference}" }, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task AcceptMailsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _mailServer.AcceptTcpClientAsync(_stop.Token);
            _ = TakeMailsAsync(client);
        }
    }

    private async Task TakeMailsAsync(TcpClient client)
    {
        using var connection = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\r\n" };
        await writer.WriteLineAsync("220 outside");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            await writer.WriteLineAsync(line is "DATA" ? "354 go on" : "250 fine");
            if (line is not "DATA")
            {
                continue;
            }

            var mail = new StringBuilder();
            while (await reader.ReadLineAsync(_stop.Token) is { } content && content is not ".")
            {
                mail.Append(content).Append('\n');
            }

            _mails.Enqueue(mail.ToString());
            await writer.WriteLineAsync("250 taken");
        }
    }
}
