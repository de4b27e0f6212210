namespace OtpPipeline.Hosting.Starting;

/// <summary>The host cannot work with its database; the message says why and what to do.</summary>
public sealed class UnusableDatabaseException(string sentence) : Exception(sentence);
