using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>
/// The world that configured providers reach: an SMS gateway over HTTP and a mail server, which keep what they are given.
/// </summary>
internal sealed class Outside : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _mails = new();
    private readonly TcpListener _mailServer = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpReceiver _gateway;

    private Outside(HttpReceiver gateway) => _gateway = gateway;

    public string GatewayUrl => $"{_gateway.Url}/sms";

    public int MailPort => ((IPEndPoint)_mailServer.LocalEndpoint).Port;

    public static async Task<Outside> StartAsync()
    {
        var outside = new Outside(await HttpReceiver.StartAsync(TakeSmsAsync));
        outside._mailServer.Start();
        _ = outside.AcceptMailsAsync();
        return outside;
    }

    public List<(string Text, string Reference)> SmsTo(string recipient) =>
        [.. from request in _gateway.All
            where IsOurs(request.Headers.GetValueOrDefault("Authorization"))
            let sms = JsonElement.Parse(request.Body)
            where string.Equals(sms.GetProperty("to").GetString(), recipient, StringComparison.Ordinal)
            select (sms.GetProperty("text").GetString()!, request.Headers["Idempotency-Key"])];

    public List<string> MailsTo(string recipient) => [.. _mails.Where(m => m.Contains($"To: {recipient}\n", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _mailServer.Dispose();
        await _gateway.DisposeAsync();
        _stop.Dispose();
    }

    private static bool IsOurs(string? authorization) => string.Equals(authorization, "Bearer planted-token", StringComparison.Ordinal);

    private static async Task TakeSmsAsync(HttpContext http)
    {
        if (!IsOurs(http.Request.Headers.Authorization))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(new { id = $"gw-{http.Request.Headers["Idempotency-Key"]}" });
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
