using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Api.CompatibleApis;

/// <summary>Options that every compatible API has.</summary>
public class CompatibleApiOptions
{
    /// <summary>Serves the API; its paths answer 404 otherwise. On by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Prefix of every path of the API, such as /sms-api; default none.</summary>
    [RegularExpression(
        "(/[A-Za-z0-9._~-]+)*", ErrorMessage = "The field Prefix must be empty or a path such as /sms-api, without a slash at its end.")]
    public string Prefix { get; set; } = "";
}
