using System.Text.Json;
using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Messages;
using OtpPipeline.Outbox;

namespace OtpPipeline.Workers.Commands;

/// <summary>Common to all bus commands: identifies the application and reports errors.</summary>
public sealed partial class CommandEndpoint : IAsyncDisposable
{
    private readonly IOtpStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly ApplicationDirectory _directory;
    private readonly DistributedRateLimit _permits;
    private readonly DatabaseCircuitBreaker _database;
    private readonly CommandMetrics _metrics;
    private readonly ILogger<CommandEndpoint> _logger;
    private readonly Dictionary<string, HashSet<Guid>> _users;
    private readonly Batcher<Action<OutboxBatch>, bool> _answers;

    public CommandEndpoint(
        IOtpStore store,
        IOutbox outbox,
        OtpSecrets secrets,
        ApplicationDirectory directory,
        DistributedRateLimit permits,
        DatabaseCircuitBreaker database,
        CommandMetrics metrics,
        IOptions<CommandOptions> options,
        IOptions<BatchingOptions> batching,
        ILogger<CommandEndpoint> logger)
    {
        (_store, _outbox, _secrets) = (store, outbox, secrets);
        (_directory, _permits, _database, _metrics, _logger) = (directory, permits, database, metrics, logger);
        _users = options.Value.Users.ToDictionary(u => u.Key, u => u.Value.ToHashSet(), StringComparer.Ordinal);
        _answers = new(WriteAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>Finds the command's application, if its sender may use it and its request limit is not reached.</summary>
    /// <param name="applicationId">The command's field.</param>
    /// <param name="userId">The sender as verified by the broker; null if absent.</param>
    public async Task<Result<Application>> ApplicationOfAsync(JsonField applicationId, string? userId)
    {
        var id = Guid.TryParse(applicationId.Text, out var parsed) ? parsed : Guid.Empty;

        // Check before the look-up: a user learns nothing about other users' applications.
        if (_users.Count > 0 && !(userId is { } user && _users.TryGetValue(user, out var allowed) && allowed.Contains(id)))
        {
            return OtpErrors.ApplicationNotAllowed;
        }

        if (!_directory.IsLoaded)
        {
            await _database.RunAsync(async () =>
            {
                await _directory.RefreshAsync(CancellationToken.None);
                return true;
            });
        }

        return await _directory.FindAsync(id, CancellationToken.None) is { Active: true } application
            ? await CountAsync(application)
            : OtpErrors.ApplicationUnknown;
    }

    /// <summary>REST and bus share one limit. Count before any other check, as over REST.</summary>
    private async Task<Result<Application>> CountAsync(Application application)
    {
        var admission = await _permits.TakeAsync(application.Id, application.Settings.Limits.RequestsPerMinute, CancellationToken.None);
        return admission.Admitted ? application : OtpErrors.TooManyRequests with { RetryAfter = admission.ResetAfter };
    }

    /// <summary>The OTP that a command names; null if the field holds no id.</summary>
    public static Guid? OtpIdOf(JsonElement body) => Guid.TryParse(JsonField.From(body, "otpId").Text, out var id) ? id : null;

    /// <summary>Sends the error to the sender, if nothing else is to be committed.</summary>
    public async Task RefuseAsync<TCommand>(BusCommand<TCommand> command, OtpError error, Guid? otpId = null)
        where TCommand : class
    {
        Done<TCommand>(error);
        if (command.Reply is { } route)
        {
            var answer = Rejection(error, otpId);
            await _database.RunAsync(
                () => _answers.AddAsync(batch => batch.Answer(route, answer, command.TraceParent), CancellationToken.None));
        }
    }

    /// <summary>Adds a command's reply to its commit.</summary>
    /// <param name="batch">The messages of that commit.</param>
    /// <param name="route">Where the reply goes.</param>
    /// <param name="error">Null for success.</param>
    /// <param name="otpId">The OTP that the command named.</param>
    /// <param name="success">Creates the reply for success.</param>
    /// <param name="trace">W3C trace context of the command.</param>
    public static void Answer<T>(OutboxBatch batch, ReplyRoute route, OtpError? error, Guid? otpId, Func<T> success, string? trace)
        where T : class
    {
        if (error is not null)
        {
            batch.Answer(route, Rejection(error, otpId), trace);
        }
        else
        {
            batch.Answer(route, success(), trace);
        }
    }

    private static OtpRejected Rejection(OtpError error, Guid? otpId) =>
        new(otpId, error.Code, error.Type, error.Message, error.RetryAfterSeconds, error.AttemptsRemaining);

    /// <summary>Counts and logs a command's result.</summary>
    public void Done<TCommand>(OtpError? error)
    {
        _metrics.Answered<TCommand>(error?.Code ?? 0);
        if (error is not null)
        {
            Log.Refused(_logger, typeof(TCommand).Name, error.Code);
        }
    }

    public ValueTask DisposeAsync() => _answers.DisposeAsync();

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Action<OutboxBatch>> answers, CancellationToken cancellationToken)
    {
        var outgoing = _outbox.NewBatch();
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            foreach (var answer in answers)
            {
                answer(outgoing);
            }

            await unit.SaveAsync(new(outgoing, DateTime.MinValue, _secrets), outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        return new bool[answers.Count];
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Command} was refused with {Code}")]
        public static partial void Refused(ILogger logger, string command, int code);
    }
}
