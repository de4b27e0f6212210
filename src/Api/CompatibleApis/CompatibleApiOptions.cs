using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Api.CompatibleApis;

/// <summary>What every API's section has.</summary>
public class CompatibleApiOptions
{
    /// <summary>What is off answers 404. On by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Stands before every path of the API, such as /sms-api; none by default.</summary>
    [RegularExpression(
        "(/[A-Za-z0-9._~-]+)*", ErrorMessage = "The field Prefix must be empty or a path such as /sms-api, without a slash at its end.")]
    public string Prefix { get; set; } = "";
}
