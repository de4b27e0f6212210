using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>A phone number in two fields.</summary>
internal readonly record struct BizMagnetsNumber(JsonField MobileNumber, JsonField CountryCode)
{
    private const int LongestCode = 3;

    public static BizMagnetsNumber Read(JsonElement body) => new(JsonField.From(body, "mobileNumber"), JsonField.From(body, "countryCode"));

    /// <summary>The error for a missing field; null where both are present.</summary>
    public OtpError? Missing() =>
        BizMagnetsFields.Validate(MobileNumber, "mobileNumber") ?? BizMagnetsFields.Validate(CountryCode, "countryCode");

    /// <summary>The number, or the error for a missing or wrong field.</summary>
    public Result<PhoneNumber> Validate()
    {
        if (Missing() is { } missing)
        {
            return missing;
        }

        var code = CountryCode.Text!.StartsWith('+') ? CountryCode.Text[1..] : CountryCode.Text;
        if (code.Length is 0 or > LongestCode || !code.All(char.IsAsciiDigit))
        {
            return BizMagnetsFields.Wrong("countryCode", "must be a calling code, such as 91 or +91");
        }

        return (MobileNumber.PhoneText is { } text ? PhoneNumber.Parse($"+{code}{text}", countryIso: null) : null) switch
        {
            PhoneParseResult.Ok ok => ok.Number,
            PhoneParseResult.ExtensionGiven => BizMagnetsFields.Wrong("mobileNumber", "has an extension, which no message reaches"),
            _ => BizMagnetsFields.Wrong("mobileNumber", "is no phone number of the country that 'countryCode' names"),
        };
    }
}

/// <summary>Field errors with the field names of this API.</summary>
internal static class BizMagnetsFields
{
    /// <summary>Null for a field with a text or a number.</summary>
    public static OtpError? Validate(JsonField field, string name) =>
        field.Malformed ? Wrong(name, "must be a text") : string.IsNullOrEmpty(field.Text) ? Wrong(name, "is missing or empty") : null;

    public static OtpError Wrong(string name, string why) => new(ErrorKind.RequestInvalid, "invalid_param", $"The field '{name}' {why}");
}
