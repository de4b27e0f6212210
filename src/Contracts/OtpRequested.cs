using System.Text.Json.Serialization;

namespace OtpPipeline.Contracts;

/// <summary>
/// Work command to the consumer of one channel: hand the PINs of these OTPs to a provider. It is a hint only: the delivery rows in the
/// database say whether anything is left to do. Routed by <paramref name="Channel"/>.
/// </summary>
/// <param name="OtpId">The OTP; the first of several.</param>
/// <param name="Channel">sms, email, telegram, call, whatsapp or ussd.</param>
/// <param name="Step">The step of the delivery plan, from 1.</param>
/// <param name="Route">The route of the delivery; null for <c>default</c>.</param>
/// <param name="Tried">Providers that were tried in this round, with commas between; null for none.</param>
/// <param name="Further">Further OTPs of the same channel; null for none.</param>
public sealed record OtpRequested(
    Guid OtpId, string Channel, int Step,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Route = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tried = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FurtherOtp>? Further = null);

/// <summary>A further OTP of a work command, see <see cref="OtpRequested"/>.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Step">The step of the delivery plan, from 1.</param>
/// <param name="Route">The route of the delivery; null for <c>default</c>.</param>
/// <param name="Tried">Providers that were tried in this round, with commas between; null for none.</param>
/// <param name="TraceParent">W3C trace context of its request; null for none.</param>
public sealed record FurtherOtp(
    Guid OtpId, int Step,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Route = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tried = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceParent = null);
