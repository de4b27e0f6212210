using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>The XML that a gateway fetches at {{scriptUrl}} when a call is answered; it travels encrypted in that address.</summary>
public sealed class HttpScriptOptions
{
    /// <summary>Name of the setting, or of the entry of Secrets, whose value encrypts it; both hosts need it.</summary>
    [Required(ErrorMessage = "The field Secret is missing: name the setting, or the entry of Secrets, that encrypts the script.")]
    public string Secret { get; set; } = "";

    /// <summary>The XML, with placeholders.</summary>
    [Required(ErrorMessage = "The field Template is missing: give the XML that says what the call says.")]
    public string Template { get; set; } = "";
}
