using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Requires a second key for the sandbox in Production, because the sandbox makes PINs readable.</summary>
internal sealed class SandboxInProduction(IHostEnvironment environment) : IValidateOptions<SandboxOptions>
{
    public ValidateOptionsResult Validate(string? name, SandboxOptions options) =>
        options is { Enabled: true, AllowInProduction: false } && environment.IsProduction()
            ? ValidateOptionsResult.Fail(
                "Sandbox:Enabled makes every PIN readable and does not start in the environment Production; set " +
                "Sandbox:AllowInProduction to true if that is meant.")
            : ValidateOptionsResult.Success;
}
