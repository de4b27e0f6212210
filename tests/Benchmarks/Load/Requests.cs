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
    private static int last;
    private readonly byte[] bytes;
    private readonly int at;

    /// <param name="address">The Api.</param>
    /// <param name="key">X-API-KEY.</param>
    /// <param name="callbackBase">Callbacks go to this address with the recipient's number behind it; null for none.</param>
    public IntakeRequest(Uri address, string key, string? callbackBase = null)
    {
        var zeros = new string('0', Digits);
        var callback = callbackBase is null ? "" : $",\"otpCallbackUrl\":\"{callbackBase}{zeros}\"";
        bytes = Http.Post(address, "/otp", key, $"{{\"phoneNumber\":\"{Block}{zeros}\",\"ttl\":1800{callback}}}");
        at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Block)) + Block.Length;
        CallbackAt = callbackBase is null ? -1 : bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(zeros));
    }

    private int CallbackAt { get; }

    public static string RecipientOf(int number) => Block + number.ToString("0000000", CultureInfo.InvariantCulture);

    public static int NumberOf(string recipient) => int.Parse(recipient.AsSpan(Block.Length), CultureInfo.InvariantCulture);

    public static int NextNumber() => Interlocked.Increment(ref last);

    /// <summary>The request for a recipient that nobody had before.</summary>
    public ReadOnlyMemory<byte> Next(out int number)
    {
        number = NextNumber();
        Write(number, at);
        if (CallbackAt >= 0)
        {
            Write(number, CallbackAt);
        }

        return bytes;
    }

    private void Write(int number, int position) => _ = Utf8Formatter.TryFormat(number, bytes.AsSpan(position, Digits), out _, new('D', Digits));
}

/// <summary>A guess.</summary>
internal sealed class VerifyRequest
{
    private const string NoPin = "000000";
    private readonly byte[] bytes;
    private readonly int idAt;
    private readonly int pinAt;

    public VerifyRequest(Uri address, string key)
    {
        bytes = Http.Post(address, $"/otp/{Guid.Empty:D}", key, $"{{\"pin\":\"{NoPin}\"}}");
        idAt = bytes.AsSpan().IndexOf("/otp/"u8) + 5;
        pinAt = bytes.Length - NoPin.Length - 2;
    }

    public ReadOnlyMemory<byte> Of(Guid otpId, string pin)
    {
        otpId.TryFormat(bytes.AsSpan(idAt), out _);
        Encoding.ASCII.GetBytes(pin, bytes.AsSpan(pinAt));
        return bytes;
    }
}

internal static class Http
{
    public static byte[] Post(Uri address, string path, string key, string body) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nX-API-KEY: {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
