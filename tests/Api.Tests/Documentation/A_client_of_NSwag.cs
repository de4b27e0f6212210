using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class A_client_of_NSwag
{
    /// <summary>A caller in the generated client's types, with enums for status and channel.</summary>
    private const string Caller = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Generated;

        public static class Caller
        {
            public static async Task<string> RequestAsync(HttpClient http, string phoneNumber)
            {
                OtpRequest body = new() { PhoneNumber = phoneNumber, Channel = OtpRequestChannel.Sms, Ttl = 180 };
                OtpAnswer otp = await new OtpClient(http).RequestOtpAsync(null, body);
                return otp is { Status: OtpAnswerStatus.PENDING, Channel: OtpAnswerChannel.Sms, Ttl: 180 } ? otp.OtpId.ToString() : "?";
            }

            public static async Task<string> VerifyAsync(HttpClient http, string otpId, string pin)
            {
                try
                {
                    return (await new OtpClient(http).VerifyOtpAsync(otpId, null, new() { Pin = pin })).Status.ToString();
                }
                catch (ApiException<ErrorAnswer> error)
                {
                    return $"{error.StatusCode} {error.Result.Error.Code} {error.Result.Error.Type}";
                }
            }

            public static string Changed(CallbackBody body) => $"{body.Event} {body.Data.Count}";
        }
        """;

    private readonly ApiHost _host;

    public A_client_of_NSwag(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Compiles_requests_verifies_and_reads_errors()
    {
        var caller = Compile(await GenerateAsync(await _host.DocumentAsync("v1")), Caller);
        using var http = _host.Factory.CreateClient();
        http.DefaultRequestHeaders.Add("X-API-KEY", _host.Shop.Key);
        Task<string> CallAsync(string method, params object[] arguments) =>
            (Task<string>)caller.GetMethod(method)!.Invoke(null, [http, .. arguments])!;

        var otpId = await CallAsync("RequestAsync", Recipients.Next());

        var id = Guid.Parse(otpId);
        (await CallAsync("VerifyAsync", otpId, await _host.WrongPinOfAsync(id))).ShouldBe("400 2029 invalid_pin");
        (await CallAsync("VerifyAsync", otpId, await _host.PinOfAsync(id))).ShouldBe("VERIFIED");
        (await CallAsync("VerifyAsync", Guid.NewGuid().ToString(), "1234")).ShouldBe("404 2021 not_found");
    }

    private static async Task<string> GenerateAsync(string document)
    {
        var settings = new CSharpClientGeneratorSettings { ClassName = "OtpClient", GenerateClientInterfaces = false };
        settings.CSharpGeneratorSettings.Namespace = "Generated";
        settings.CSharpGeneratorSettings.JsonLibrary = CSharpJsonLibrary.SystemTextJson;
        settings.CSharpGeneratorSettings.GenerateNullableReferenceTypes = true;
        return new CSharpClientGenerator(await OpenApiDocument.FromJsonAsync(document), settings).GenerateFile();
    }

    private static Type Compile(params string[] sources)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(p) is "netstandard.dll");
        var compilation = CSharpCompilation.Create(
            "GeneratedClient",
            sources.Select(s => CSharpSyntaxTree.ParseText(s)),
            platform.Select(p => MetadataReference.CreateFromFile(p)),
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()).ShouldBeEmpty();
        assembly.Position = 0;
        return new AssemblyLoadContext("client", isCollectible: true).LoadFromStream(assembly).GetType("Caller")!;
    }
}
