using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Section <c>Callbacks</c>.</summary>
public sealed class CallbackOptions : IValidatableObject
{
    public const string Section = "Callbacks";

    /// <summary>Networks (CIDR) that callbacks may reach although they are private, such as 10.1.0.0/16. Empty by default.</summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>The parsed <see cref="AllowedNetworks"/>.</summary>
    public IReadOnlyList<IPNetwork> Allowed => field ??= [.. AllowedNetworks.Select(IPNetwork.Parse)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < AllowedNetworks.Count; i++)
        {
            if (!IPNetwork.TryParse(AllowedNetworks[i], out _))
            {
                yield return new($"Callbacks:AllowedNetworks:{i} must be a network in CIDR form, such as 10.1.0.0/16.");
            }
        }
    }
}
