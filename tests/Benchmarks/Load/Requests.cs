using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>A request whose bytes are made once; before each call only the few that differ are written.</summary>
internal sealed class IntakeRequest
{
    /// <summary>French mobile numbers of one block; the next seven digits are counted.</summary>
    private const string Block = "+3361";
    private const int Digits = 7;
    private static int _last;
    private readonly byte[] _bytes;
    private readonly int _at;

    /// <param name="address">The Api.</param>
    /// <param name="key">X-API-KEY.</param>
    /// <param name="callbackBase">Callbacks go to this address with the recipient's number behind it; null for none.</param>
    public IntakeRequest(Uri address, string key, string? callbackBase = null)
    {
        var zeros = new string('0', Digits);
        var callback = callbackBase is null ? "" : $",\"otpCallbackUrl\":\"{callbackBase}{zeros}\"";
        _bytes = Http.Post(address, "/otp", key, $"{{\"phoneNumber\":\"{Block}{zeros}\",\"ttl\":1800{callback}}}");
        _at = _bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Block)) + Block.Length;
        CallbackAt = callbackBase is null ? -1 : _bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(zeros));
    }

    private int CallbackAt { get; }

    public static string RecipientOf(int number) => Block + number.ToString("0000000", CultureInfo.InvariantCulture);

    public static int NumberOf(string recipient) => int.Parse(recipient.AsSpan(Block.Length), CultureInfo.InvariantCulture);

    public static int NextNumber() => Interlocked.Increment(ref _last);

    /// <summary>The request for a recipient that nobody had before.</summary>
    public ReadOnlyMemory<byte> Next(out int number)
    {
        number = NextNumber();
        Write(number, _at);
        if (CallbackAt >= 0)
        {
            Write(number, CallbackAt);
        }

        return _bytes;
    }

    private void Write(int number, int position) =>
        _ = Utf8Formatter.TryFormat(number, _bytes.AsSpan(position, Digits), out _, new('D', Digits));
}

/// <summary>A guess.</summary>
internal sealed class VerifyRequest
{
    private const string NoPin = "000000";
    private readonly byte[] _bytes;
    private readonly int _idAt;
    private readonly int _pinAt;

    public VerifyRequest(Uri address, string key)
    {
        _bytes = Http.Post(address, $"/otp/{Guid.Empty:D}", key, $"{{\"pin\":\"{NoPin}\"}}");
        _idAt = _bytes.AsSpan().IndexOf("/otp/"u8) + 5;
        _pinAt = _bytes.Length - NoPin.Length - 2;
    }

    public ReadOnlyMemory<byte> From(Guid otpId, string pin)
    {
        otpId.TryFormat(_bytes.AsSpan(_idAt), out _);
        Encoding.ASCII.GetBytes(pin, _bytes.AsSpan(_pinAt));
        return _bytes;
    }
}

internal static class Http
{
    public static byte[] Post(Uri address, string path, string key, string body) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nX-API-KEY: {key}\r\nContent-Type: application/json\r\nContent-Length: " +
        $"{body.Length}\r\n\r\n{body}");

    public static byte[] Get(Uri address, string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
}
