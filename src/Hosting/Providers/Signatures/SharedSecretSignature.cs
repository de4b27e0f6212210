using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>A secret that the provider repeats: as Basic credentials, in a header, or in the query of the address.</summary>
/// <remarks>For providers that sign nothing and let the operator choose credentials, headers or the address.</remarks>
internal sealed class SharedSecretSignature : ISignatureScheme
{
    private readonly string _expected;
    private readonly Func<ReceiptRequest, ReceiptFields, string?> _given;

    private SharedSecretSignature(string expected, Func<ReceiptRequest, ReceiptFields, string?> given) =>
        (_expected, _given) = (expected, given);

    public static SharedSecretSignature Basic(string username, string password) => new(
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")),
        (request, _) => request.Header("Authorization"));

    public static SharedSecretSignature InHeader(string name, string secret) => new(secret, (request, _) => request.Header(name));

    public static SharedSecretSignature InQuery(string name, string secret) => new(
        secret, (_, fields) => fields.Query.TryGetValue(name, out var value) ? value.ToString() : null);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) =>
        SignatureText.Same(_expected, _given(request, fields));
}
