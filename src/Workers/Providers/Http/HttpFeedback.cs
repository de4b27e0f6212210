using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Http.Requests;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>The compiled request that tells a gateway whether its message led to a verification.</summary>
internal sealed class HttpFeedback
{
    private const string MessageId = "messageId";
    private const string Outcome = "outcome";
    private readonly HttpFeedbackOptions _options;
    private readonly EntryValues _values;
    private readonly HttpRequestTemplate _request;

    public HttpFeedback(HttpFeedbackOptions options, HttpAuth auth, EntryValues values, ValueFilters filters, EntryProblems problems)
    {
        (_options, _values) = (options, values);
        _request = new(options, null, auth, new([.. values.Constants, MessageId, Outcome], filters), problems);
    }

    /// <summary>Returns null if this outcome is not reported.</summary>
    public HttpRequestMessage? Write(string messageId, bool verified) =>
        (verified ? _options.Verified : _options.NotVerified) is { Length: > 0 } outcome
            ? _request.Write(
                name => name switch { MessageId => messageId, Outcome => outcome, _ => _values.Constant(name) }, LeaseClock.Endless,
                moment: null, out _)
            : null;
}
