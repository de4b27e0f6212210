using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Logging;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Runs a host, and reports start errors as sentences instead of stack traces.</summary>
/// <remarks>One sentence for each wrong key, on the standard error, and exit code 1.</remarks>
public static class HostRunner
{
    /// <summary>Builds the host and runs it until it is stopped.</summary>
    public static Task<int> RunAsync(Func<WebApplication> build) => RunAsync(build, ServeAsync);

    /// <summary>Builds the host and runs a delegate instead of serving.</summary>
    /// <returns>The exit code: 0, or 1 where it did not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, Func<WebApplication, Task> run)
    {
        if (!UnicodeSupport.IsReady())
        {
            return 1;
        }

        try
        {
            await using var app = build();
            var (lifetime, failed) = (app.Lifetime, app.Services.GetService<StartFailure>());
            var early = await RunToItsEndAsync(run(app), lifetime) ? null : "The host was told to stop before it had started.";
            if ((failed?.Sentence ?? early) is { } reason)
            {
                await Console.Error.WriteLineAsync(reason);
            }

            return Environment.ExitCode;
        }
        catch (Exception failure) when (failure is not HostAbortedException && Explain(failure) is { } sentences)
        {
            foreach (var sentence in sentences)
            {
                await Console.Error.WriteLineAsync(sentence);
            }

            return 1;
        }
    }

    private static async Task ServeAsync(WebApplication app)
    {
        // Checks all options first: a service that reads its options when it is created would end the start at the first wrong key.
        app.Services.GetService<IStartupValidator>()?.Validate();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // The framework stops nothing after a failed start, but consumers may have begun to send messages: they finish.
            await app.StopAsync();
            throw;
        }

        await app.WaitForShutdownAsync();
    }

    /// <summary>False if a stop ended the start, which is no fault.</summary>
    private static async Task<bool> RunToItsEndAsync(Task run, IHostApplicationLifetime lifetime)
    {
        try
        {
            await run;
            return true;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Sentences about a failure that an operator can fix; null for a defect of this program.</summary>
    internal static IEnumerable<string>? Explain(Exception failure) => failure switch
    {
        OptionsValidationException options => options.Failures.Select(Sentence),
        AggregateException { InnerExceptions: var all } when all.All(e => e is OptionsValidationException) =>
            all.Cast<OptionsValidationException>().SelectMany(e => e.Failures).Select(Sentence),
        InvalidOperationException { InnerException: FormatException or ArgumentException } binding when Names(binding) is { } key =>
            [$"{key} cannot be read: its value has the wrong form."],
        UnusableDatabaseException unusable => [unusable.Message],
        _ when StoreFailures.IsTableMissing(failure) => ["The database has no tables yet: run the Api once with --migrate."],
        IOException { InnerException: AddressInUseException } => ["The host cannot listen: the address of its URLs is in use."],
        _ when Chain(failure).OfType<DbException>().FirstOrDefault() is { } away && StoreFailures.IsOutage(failure) =>
            [$"The database cannot be reached: {string.Join("; ", Chain(away).Select(ExceptionText.MessageOf).OfType<string>())}."],
        _ => null,
    };

    private static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    // The sentence is at the end of "DataAnnotation validation failed for 'DeliveryOptions' members: 'Lease' with the error: 'The field
    // ...'.".
    private static string Sentence(string failure)
    {
        const string Mark = " with the error: '";
        var start = failure.IndexOf(Mark, StringComparison.Ordinal);
        if (start < 0 || !failure.EndsWith("'.", StringComparison.Ordinal))
        {
            return failure;
        }

        var sentence = failure[(start + Mark.Length)..^2];
        const string Type = "for '";
        var type = failure.IndexOf(Type, StringComparison.Ordinal);
        var named = failure[(type + Type.Length)..failure.IndexOf('\'', type + Type.Length)];
        return OptionsNames.Complete(named, sentence);
    }

    private static string? Names(InvalidOperationException binding)
    {
        // "Failed to convert configuration value 'x' at 'Section:Key' to type 'T'.": only the key, because the value may be a secret.
        const string Mark = "' at '";
        var start = binding.Message.LastIndexOf(Mark, StringComparison.Ordinal);
        return start < 0 ? null : binding.Message[(start + Mark.Length)..binding.Message.IndexOf('\'', start + Mark.Length)];
    }
}
