using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>Applications that many tests of a class use one after the other, each with a phone number of its own.</summary>
public sealed class TwoApplications
{
    private static readonly object Strict = new { limits = new { sendsPerHour = 1, failedGuesses = 1 } };
    private readonly Lazy<Task<(KnownApplication, KnownApplication)>> _pair;
    private readonly Lazy<Task<(KnownApplication, KnownApplication)>> _limited;

    public TwoApplications(ApiHost host)
    {
        _pair = new(() => MakeAsync(host, null));
        _limited = new(() => MakeAsync(host, Strict));
    }

    /// <summary>With limits that no test meets.</summary>
    public Task<(KnownApplication, KnownApplication)> PairAsync() => _pair.Value;

    /// <summary>With one send and one wrong guess an hour for each phone number.</summary>
    public Task<(KnownApplication, KnownApplication)> LimitedAsync() => _limited.Value;

    private static async Task<(KnownApplication, KnownApplication)> MakeAsync(ApiHost host, object? settings) =>
        (await MakeOneAsync(host, settings), await MakeOneAsync(host, settings));

    private static async Task<KnownApplication> MakeOneAsync(ApiHost host, object? settings)
    {
        var application = await KnownApplication.MakeAsync(host, settings);
        MadeApplicationsAttribute.Keep(application.Id);
        return application;
    }
}
