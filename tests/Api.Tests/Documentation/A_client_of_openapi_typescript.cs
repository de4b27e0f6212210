using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class A_client_of_openapi_typescript
{
    private readonly ApiHost _host;

    public A_client_of_openapi_typescript(ApiHost host)
    {
        Servers.SkipWithout();
        OpenApiTools.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Compiles_requests_verifies_and_reads_errors()
    {
        var folder = OpenApiTools.NewFolder("typescript");
        foreach (var file in new[] { "client.ts", "tsconfig.json" })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Documentation", "npm", file), Path.Combine(folder, file));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"type":"module"}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), await _host.DocumentAsync("v1"));
        await RunAsync(folder, "node_modules/.bin/openapi-typescript", "openapi.json", "--output", "schema.d.ts");
        await RunAsync(folder, "node_modules/.bin/tsc", "--project", ".");

        var requested = await CallAsync(folder, "request", Recipients.Next());
        requested.ShouldStartWith("PENDING 180 ");
        var otpId = requested.Split(' ')[2];
        (await CallAsync(folder, "request", "+33")).ShouldBe("2020 invalid_param");
        (await CallAsync(folder, "verify", otpId, await _host.WrongPinOfAsync(Guid.Parse(otpId)))).ShouldBe("2029 invalid_pin");
        (await CallAsync(folder, "verify", otpId, await _host.PinOfAsync(Guid.Parse(otpId)))).ShouldBe("VERIFIED");
    }

    private async Task<string> CallAsync(string folder, params string[] arguments) =>
        (await RunAsync(folder, "out/client.js", [_host.Kestrel.Address.ToString().TrimEnd('/'), _host.Shop.Key, .. arguments])).TrimEnd();

    private static async Task<string> RunAsync(string folder, string script, params string[] arguments)
    {
        var (exitCode, output) = await OpenApiTools.RunAsync(folder, script, arguments);
        exitCode.ShouldBe(0, output);
        return output;
    }
}
