using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.Tests.Receipts;

/// <summary>A provider that signs address and body, sends any number of receipts at once, and asks with a challenge first.</summary>
internal sealed class SignedReader : IReceiptReader
{
    public const string Name = "gateway";
    public const string SignatureHeader = "X-Gateway-Signature";

    /// <summary>A query with which a request cannot be checked now.</summary>
    public const string Unavailable = "?unavailable";

    private static readonly byte[] Key = "gateway's key"u8.ToArray();

    public string Provider => Name;

    public static string Sign(string url, string body) => Convert.ToHexString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(url + body)));

    public ValueTask<ReceiptReading> ReadAsync(ReceiptRequest request, DateTime now, CancellationToken cancellationToken) =>
        new(request.Url.Query is Unavailable ? ReceiptReading.Unavailable : Read(request));

    private static ReceiptReading Read(ReceiptRequest request)
    {
        var body = Encoding.UTF8.GetString(request.Body.Span);
        if (request.Header(SignatureHeader) != Sign(request.Url.OriginalString, body))
        {
            return ReceiptReading.Forged;
        }

        if (request.Method == "GET")
        {
            return new([], Reply: new(202, "echo of " + request.Url.Query));
        }

        try
        {
            var rows = JsonSerializer.Deserialize<Row[]>(body, JsonSerializerOptions.Web)!;
            return new([.. rows.Select(Receipt)]);
        }
        catch (JsonException)
        {
            return ReceiptReading.Unreadable;
        }
    }

    private static Receipt Receipt(Row row) =>
        new(Enum.Parse<ReceiptStatus>(row.Status, ignoreCase: true), row.Reason, row.Id, row.Reference, row.At);

    public sealed record Row(string Status, string? Id = null, string? Reference = null, string? Reason = null, DateTime? At = null);
}

/// <summary>A provider that signs nothing: only our token makes its receipts authentic.</summary>
internal sealed class UnsignedReader : IReceiptReader
{
    public const string Name = "unsigned";

    public string Provider => Name;

    public ValueTask<ReceiptReading> ReadAsync(ReceiptRequest request, DateTime now, CancellationToken cancellationToken) =>
        new(request.Token is null ? ReceiptReading.Forged : new([new(ReceiptStatus.Delivered)]));
}
