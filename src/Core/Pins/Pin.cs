using System.Security.Cryptography;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Pins;

/// <summary>A PIN, which prints as stars; only <see cref="Reveal"/> returns it in clear.</summary>
/// <param name="value">The PIN in clear.</param>
/// <param name="exact">The comparison is case-sensitive.</param>
[JsonConverter(typeof(JsonAsPrinted<Pin>))]
public readonly struct Pin(string value, bool exact = false) : IEquatable<Pin>
{
    private readonly string _value = value;
    private readonly bool _exact = exact;

    /// <summary>The PIN in clear: only for the rendered message and for encryption.</summary>
    public string Reveal() => _value;

    /// <summary>Whether the guess equals this PIN, exactly or without characters that users add; see <see cref="TypedText"/>.</summary>
    /// <remarks>Kinds of characters that the PIN itself contains are kept. Takes the same time for every guess of one length.</remarks>
    public bool Matches(PinGuess guess)
    {
        var typed = guess.Padded(_value.Length);
        var same = Equals(new Pin(typed));
        if (typed.Length > TypedText.Longest)
        {
            return same;
        }

        var kept = TypedText.In(_value);
        return same | new Pin(Form(_value, kept)).Equals(new Pin(Form(typed, kept)));
    }

    /// <summary>The PIN without characters that users add; unchanged if nothing would remain, or if it is too long for a PIN.</summary>
    internal string Searched() =>
        _value.Length <= TypedText.Longest && TypedText.Normalise(_value, TypedExtras.None) is { Length: > 0 } form ? form : _value;

    public bool Equals(Pin other)
    {
        Span<byte> mine = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> theirs = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(_value), mine);
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(other._value), theirs);
        return CryptographicOperations.FixedTimeEquals(mine, theirs);
    }

    public override bool Equals(object? obj) => obj is Pin other && Equals(other);

    public override int GetHashCode() => 0;

    public override string ToString() => "****";

    private string Form(string text, TypedExtras kept)
    {
        var form = TypedText.Normalise(text, kept);
        return _exact ? form : form.ToUpperInvariant();
    }
}

/// <summary>The text that a user typed as the PIN.</summary>
/// <param name="Text">The text as sent, trimmed.</param>
/// <param name="WasNumber">It was a JSON number, which loses leading zeros: it is padded to the PIN's length.</param>
[JsonConverter(typeof(JsonAsPrinted<PinGuess>))]
public readonly record struct PinGuess(string Text, bool WasNumber = false)
{
    internal string Padded(int length) => WasNumber ? Text.PadLeft(length, '0') : Text;

    public override string ToString() => "****";
}
