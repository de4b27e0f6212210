using OtpPipeline.Core.Applications.Identifiers;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>An identifier and its application.</summary>
/// <param name="Application">Its application, active or not.</param>
/// <param name="Identifier">The identifier with its settings.</param>
public sealed record Identified(Application Application, ApplicationIdentifier Identifier);
