using System.Text.Json.Serialization;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps;

/// <summary>A delivery as one change left it.</summary>
/// <param name="Id">Id of the attempt.</param>
/// <param name="Channel">How it was sent.</param>
/// <param name="Provider">The provider that was asked; null where none was.</param>
/// <param name="Step">Step of the delivery plan, from 1.</param>
/// <param name="Attempt">Attempt within the step, from 1.</param>
/// <param name="Status">What became of the attempt.</param>
/// <param name="Reason">Why it is UNDELIVERED, FAILED or UNKNOWN.</param>
/// <param name="ProviderMessageId">The provider's id of the message, as soon as it is known.</param>
/// <param name="DateSent">When we knew that the provider has it.</param>
/// <param name="DateDelivered">When it arrived, as a receipt says.</param>
/// <param name="DateRead">When it was read, as a receipt says.</param>
public sealed record DeliveryChange(
    Guid Id,
    [property: WordsOf<Channel>] string Channel,
    string? Provider,
    int Step,
    int Attempt,
    [property: WordsOf<DeliveryStatus>(upper: true)] string Status,
    string? Reason,
    string? ProviderMessageId,
    [property: JsonConverter(typeof(MomentConverter))] DateTime? DateSent,
    [property: JsonConverter(typeof(MomentConverter))] DateTime? DateDelivered,
    [property: JsonConverter(typeof(MomentConverter))] DateTime? DateRead);
