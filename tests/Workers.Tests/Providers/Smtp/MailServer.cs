using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

/// <summary>A message as the mail server took it.</summary>
/// <param name="Subject">As Python's email package reads it.</param>
/// <param name="Author">The From header, read in the same way.</param>
internal sealed record TakenMail(
    string Sender, string[] Recipients, string[] Options, byte[] Content, bool Tls, string? User, string Hello, string Subject,
    string Author)
{
    /// <summary>With the dots that the wire doubles already taken out.</summary>
    public string Text => Encoding.UTF8.GetString(Content);
}

/// <summary>aiosmtpd as a process of its own: mail_server.py says what it does.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<JsonElement> _lines = new();
    private readonly TaskCompletionSource<int> _port = new();

    private MailServer(Process process) => _process = process;

    public int Port { get; private set; }

    public int Connections => _lines.Count(l => l.TryGetProperty("connection", out _));

    public int Recipients => _lines.Count(l => l.TryGetProperty("recipient", out _));

    public IReadOnlyList<TakenMail> Mails => [.. _lines.Where(l => l.TryGetProperty("sender", out _)).Select(Read)];

    public static async Task<MailServer> StartAsync(string security = "none", Certificates? certificates = null, params string[] flags)
    {
        var python = Environment.GetEnvironmentVariable("OTP_TEST_SMTP_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "needs ./test, which installs python3-aiosmtpd");
        string[] files = certificates is null ? [] : [certificates.CertificateFile, certificates.KeyFile];
        var script = Path.Combine(AppContext.BaseDirectory, "Providers", "Smtp", "mail_server.py");
        var server = new MailServer(
            Process.Start(new ProcessStartInfo(python!, ["-u", "-W", "ignore", script, security, .. files, .. flags])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        server._process.OutputDataReceived += (_, line) => server.Take(line.Data);
        var errors = server._process.StandardError.ReadToEndAsync();
        server._process.BeginOutputReadLine();
        if (await Task.WhenAny(server._port.Task, server._process.WaitForExitAsync()) != server._port.Task)
        {
            throw new InvalidOperationException($"The mail server did not start: {await errors}");
        }

        server.Port = await server._port.Task;
        return server;
    }

    /// <summary>The only message, as soon as the server has told of it.</summary>
    public async Task<TakenMail> SingleAsync()
    {
        await Eventually.Until(() => Task.FromResult(Mails.Count > 0), "the mail server has told of the message");
        return Mails.ShouldHaveSingleItem();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static TakenMail Read(JsonElement line) => new(
        line.GetProperty("sender").GetString()!,
        [.. line.GetProperty("recipients").EnumerateArray().Select(r => r.GetString()!)],
        [.. line.GetProperty("options").EnumerateArray().Select(r => r.GetString()!)],
        line.GetProperty("content").GetBytesFromBase64(),
        line.GetProperty("tls").GetBoolean(),
        line.GetProperty("user").GetString(),
        line.GetProperty("hello").GetString()!,
        line.GetProperty("subject").GetString()!,
        line.GetProperty("author").GetString()!);

    private void Take(string? text)
    {
        if (text is null)
        {
            return;
        }

        var line = JsonDocument.Parse(text).RootElement;
        _lines.Enqueue(line);
        if (line.TryGetProperty("port", out var port))
        {
            _port.TrySetResult(port.GetInt32());
        }
    }
}
