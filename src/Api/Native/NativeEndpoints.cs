using Microsoft.Extensions.Options;
using OtpPipeline.Api.Applications;
using OtpPipeline.Api.Callbacks;
using OtpPipeline.Api.Otps;

namespace OtpPipeline.Api.Native;

/// <summary>Maps the native API, which the feature folders implement.</summary>
internal static class NativeEndpoints
{
    public static void AddNative(this IServiceCollection services) =>
        services.AddOptions<NativeOptions>().BindConfiguration(NativeOptions.Section).ValidateDataAnnotations().ValidateOnStart();

    public static void MapNative(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<NativeOptions>>().Value;
        if (options.Enabled)
        {
            var group = routes.MapGroup(options.Prefix);
            group.MapOtps();
            group.MapCallbacks();
            group.MapToken();
            group.MapApplications();
        }
    }
}
