using System.Globalization;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Http.Requests;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>The compiled request that tells a gateway whether its message led to a verification, and what the answer means.</summary>
internal sealed class HttpFeedback
{
    private const string MessageId = "messageId";
    private const string Outcome = "outcome";
    private const string EndedAt = "endedAt";
    private readonly HttpFeedbackOptions _options;
    private readonly EntryValues _values;
    private readonly HttpRequestTemplate _request;

    public HttpFeedback(HttpFeedbackOptions options, HttpAuth auth, EntryValues values, ValueFilters filters, EntryProblems problems)
    {
        (_options, _values) = (options, values);
        _request = new(options, null, auth, new([.. values.Constants, MessageId, Outcome, EndedAt], filters), problems);
        if (new Placeholders(values.Constants, filters).Parse(options.Enabled, out var problem) is null)
        {
            problems.Add("Enabled", problem);
        }

        Rules = AnswerRules.Compile(new() { Success = options.Success, Refusals = options.Refusals }, problems);
    }

    public AnswerRules Rules { get; }

    /// <summary>Returns null if this outcome is not reported.</summary>
    public HttpRequestMessage? Write(MessageFeedback feedback, DateTime now) =>
        (feedback.Verified ? _options.Verified : _options.NotVerified) is { Length: > 0 } outcome
            ? _request.Write(name => Value(name, feedback, outcome), now, LeaseClock.Endless, moment: null, out _)
            : null;

    private string Value(string name, MessageFeedback feedback, string outcome) => name switch
    {
        MessageId => feedback.MessageId,
        Outcome => outcome,
        EndedAt => feedback.EndedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        _ => _values.Constant(name),
    };
}
