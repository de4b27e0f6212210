namespace OtpPipeline.Core.Otps;

/// <summary>The personal and secret data of an OTP; stored encrypted only.</summary>
/// <param name="Recipient">Canonical address: E.164, e-mail address or chat id.</param>
/// <param name="From">The sender as the recipient sees it.</param>
/// <param name="Template">The text with {{pin}}.</param>
/// <param name="CallbackUrl">May carry credentials, hence encrypted.</param>
/// <param name="Name">The recipient's name.</param>
/// <param name="Locale">BCP 47 tag.</param>
public sealed record OtpDetails(string Recipient, string From, string Template, string? CallbackUrl, string? Name, string? Locale)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(OtpDetails);
}
