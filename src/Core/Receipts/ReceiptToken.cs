using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Receipts;

/// <summary>Names one delivery in the address of its receipts; only we can make its text.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Step">Step of the delivery plan, from 1.</param>
/// <param name="Attempt">Attempt within the step, from 1.</param>
public readonly record struct ReceiptToken(Guid OtpId, int Step, int Attempt)
{
    /// <summary>Length of the text: URL-safe characters, short enough for every provider's reference.</summary>
    public const int Length = 48;

    private const int IdSize = 16;
    private const int NameSize = IdSize + 2 * sizeof(ushort);
    private const int MacSize = 16;

    /// <summary>Base64url of id, step, attempt and a keyed hash of them.</summary>
    public string Write(OtpSecrets secrets)
    {
        Span<byte> bytes = stackalloc byte[NameSize + MacSize];
        OtpId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[IdSize..], checked((ushort)Step));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(IdSize + sizeof(ushort))..], checked((ushort)Attempt));
        MacOf(secrets, lookupKey: 0).CopyTo(bytes[NameSize..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a text that <see cref="Write"/> made, under the current lookup key or an old one; null for any other.</summary>
    public static ReceiptToken? Read(OtpSecrets secrets, string? text)
    {
        Span<byte> bytes = stackalloc byte[NameSize + MacSize];
        if (text is not { Length: Length }
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written != bytes.Length)
        {
            return null;
        }

        var token = new ReceiptToken(
            new Guid(bytes[..IdSize], bigEndian: true), BinaryPrimitives.ReadUInt16BigEndian(bytes[IdSize..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[(IdSize + sizeof(ushort))..]));
        for (var key = 0; key < secrets.LookupKeys; key++)
        {
            if (CryptographicOperations.FixedTimeEquals(bytes[NameSize..], token.MacOf(secrets, key)))
            {
                return token;
            }
        }

        return null;
    }

    private ReadOnlySpan<byte> MacOf(OtpSecrets secrets, int lookupKey) =>
        secrets.Hash("receipt", string.Create(CultureInfo.InvariantCulture, $"{OtpId:N}:{Step}:{Attempt}"), lookupKey).AsSpan(0, MacSize);
}
