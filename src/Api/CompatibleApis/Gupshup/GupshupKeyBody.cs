using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Applications.Identifiers;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>What POST .../gupshup/accounts takes.</summary>
public sealed record GupshupAccountBody
{
    /// <summary>The account's name, 1 to 100 printable characters without a colon.</summary>
    public required string Accountid { get; init; }

    /// <summary>Its password, 8 to 500 characters.</summary>
    public required string Token { get; init; }
}

/// <summary>What POST .../gupshup/keys takes, beside the further settings of a key.</summary>
public sealed record GupshupKeyBody
{
    /// <summary>With %code%, at most 1600 characters.</summary>
    public required string Message { get; init; }

    /// <summary>india (national numbers are Indian; the default) or intl (international digits).</summary>
    [AllowedValues("india", "intl")]
    public string? AccountType { get; init; }
}

/// <summary>The eight texts that Gupshup shows of a key, in its order.</summary>
public sealed record GupshupKeyAnswer(
    string Attempt, string Message, string CodeLength, string CodeExpiry, string CodeChars, string Service, string CodeType,
    string RetryPeriod)
{
    internal static GupshupKeyAnswer From(ApplicationIdentifier row) => new(
        row.Setting("attempt"), row.Setting("message"), row.Setting("codeLength"), row.Setting("codeExpiry"), row.Setting("codeChars"),
        row.Setting("service"), row.Setting("codeType"), row.Setting("retryPeriod"));
}
