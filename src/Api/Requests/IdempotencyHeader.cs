using System.Text;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.Requests;

/// <summary>Reads the header Idempotency-Key, bare or quoted as a structured field; both forms are the same key.</summary>
internal static class IdempotencyHeader
{
    /// <summary>The key; null where the header is missing.</summary>
    public static Result<string?> Read(HttpRequest request)
    {
        var header = request.Headers["Idempotency-Key"];
        if (header.Count == 0)
        {
            return default;
        }

        var text = header.ToString().Trim();
        var key = text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? Unquote(text[1..^1]) : text;
        return header.Count > 1 || key.Length is 0 or > OptionRules.MaxIdempotencyKey || !key.All(c => c is >= ' ' and <= '~')
            ? OtpErrors.IdempotencyKeyInvalid
            : key;
    }

    private static string Unquote(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }

            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
