using System.Text;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The names under which the clients of the compatible APIs know the application of the tests.</summary>
internal static class CompatibleApiSettings
{
    public const string BeemApp = "4711";
    public const string BizMagnetsConfig = "tests-config";

    private const string BeemKey = "beem-tests";
    private const string BeemSecret = "YmVlbTpzZWNyZXQ=:of-the-tests==";

    public static string BeemHeader { get; } = BasicHeader.From($"{BeemKey}:{BeemSecret}");

    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Applications:0:CompatibleApis:Beem:AppId"] = BeemApp,
        ["Applications:0:CompatibleApis:Beem:Key"] = BeemKey,
        ["Applications:0:CompatibleApis:Beem:Secret"] = BeemSecret,
        ["Applications:0:CompatibleApis:BizMagnets:Configs:0"] = BizMagnetsConfig,
    };
}
