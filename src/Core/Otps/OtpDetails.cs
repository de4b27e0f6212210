using OtpPipeline.Core.Pins;

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
    /// <summary>Generates another PIN for a resend; null when the caller wrote the PIN or the text.</summary>
    public PinPolicy? NewPin { get; init; }

    /// <summary>Addresses of the steps that do not go to <see cref="Recipient"/>; null when all do.</summary>
    public IReadOnlyList<StepAddress>? Steps { get; init; }

    /// <summary>Where a step of the plan goes, when it does not go to <see cref="Recipient"/>.</summary>
    public StepAddress? AddressOf(int step) => Steps?.FirstOrDefault(s => s.Step == step);

    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(OtpDetails);
}

/// <summary>The recipient of one step.</summary>
/// <param name="Step">Step of the plan, from 1.</param>
/// <param name="Address">Canonical address: E.164, e-mail address or chat id.</param>
/// <param name="CountryIso">The country of a phone number.</param>
public sealed record StepAddress(int Step, string Address, string? CountryIso)
{
    /// <summary>Prints the step only.</summary>
    public override string ToString() => $"step {Step}";
}

/// <summary>What the client attached to its request; every answer, event and callback repeats it.</summary>
/// <param name="ExternalId">The client's own id, any text.</param>
/// <param name="Metadata">The client's pairs.</param>
public readonly record struct Attached(string? ExternalId, IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>Prints the type name only: it may hold personal data.</summary>
    public override string ToString() => nameof(Attached);
}
