using System.Text;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures.Sns;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Messages of AWS SNS, signed with a certificate that AWS publishes; receipts are the JSON within a notification.</summary>
/// <remarks>
/// Only a topic of ours is believed. The certificate and the confirmation of a subscription are fetched from SNS in the region of that
/// topic, and from no other host: a message from a stranger makes us connect to AWS at most.
/// </remarks>
internal sealed partial class SnsSignature : ISignatureScheme
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private readonly Dictionary<string, string> _hosts;
    private readonly SnsServer _server;

    /// <param name="topics">ARNs of topics, with commas between.</param>
    /// <param name="server">Fetches certificates.</param>
    public SnsSignature(string topics, SnsServer server)
    {
        _hosts = Split(topics).ToDictionary(t => t, Host, StringComparer.Ordinal);
        _server = server;
    }

    /// <summary>Whether the text is one or more ARNs of topics.</summary>
    public static bool AreTopics(string text) =>
        Split(text) is { Length: > 0 } topics && topics.All(t => Topic().IsMatch(t))
        && topics.Distinct(StringComparer.Ordinal).Count() == topics.Length;

    /// <summary>By certificates that were fetched before.</summary>
    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) =>
        SnsMessage.Read(request.Body) is { } message && CertificateOf(message) is { } address
        && _server.Kept(address) is { } certificate && message.IsSignedBy(certificate, now);

    public async ValueTask<SignedContent> OpenAsync(
        ReceiptRequest request, ReceiptFields fields, DateTime now, CancellationToken cancellationToken)
    {
        if (SnsMessage.Read(request.Body) is not { } message || CertificateOf(message) is not { } address)
        {
            return SignedContent.Forged;
        }

        var certificate = await _server.CertificateAsync(address, cancellationToken);
        return certificate.IsUnavailable ? SignedContent.Unavailable
            : certificate.Value is not { } found || !message.IsSignedBy(found, now) ? SignedContent.Forged
            : message.Type switch
            {
                SnsMessage.Notification => Content(message.Message),
                SnsMessage.SubscriptionConfirmation => await ConfirmAsync(message, cancellationToken),
                _ => SignedContent.Nothing,
            };
    }

    /// <summary>A notice in words, as when an event destination is made, is about no message.</summary>
    private static SignedContent Content(string message) =>
        message.AsSpan().TrimStart() is ['{' or '[', ..] ? new(ReceiptFields.ParseJson(Encoding.UTF8.GetBytes(message)))
            : SignedContent.Nothing;

    private async Task<SignedContent> ConfirmAsync(SnsMessage message, CancellationToken cancellationToken) =>
        AddressAt(_hosts[message.TopicArn], message.SubscribeUrl) is not { } address ? SignedContent.Forged
            : await _server.ConfirmAsync(address, cancellationToken) ? SignedContent.Nothing
            : SignedContent.Unavailable;

    /// <summary>Null unless the topic is ours and the certificate is at SNS in its region.</summary>
    private Uri? CertificateOf(SnsMessage message) =>
        _hosts.TryGetValue(message.TopicArn, out var host) && AddressAt(host, message.SigningCertUrl) is { } address
        && CertificatePath().IsMatch(address.PathAndQuery)
            ? address
            : null;

    private static Uri? AddressAt(string host, string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address is { Scheme: "https", IsDefaultPort: true, UserInfo: "", Fragment: "" }
        && string.Equals(address.Host, host, StringComparison.OrdinalIgnoreCase)
            ? address
            : null;

    /// <summary>arn:aws-cn:sns:cn-north-1:123456789012:name is of sns.cn-north-1.amazonaws.com.cn.</summary>
    private static string Host(string topic)
    {
        var parts = topic.Split(':');
        return $"sns.{parts[3]}.amazonaws.com{(parts[1] is "aws-cn" ? ".cn" : "")}";
    }

    private static string[] Split(string topics) =>
        topics.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\Aarn:aws(-[a-z]+)*:sns:[a-z]+(-[a-z0-9]+)+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}\z", Options, 1000)]
    private static partial Regex Topic();

    [GeneratedRegex(@"\A/SimpleNotificationService-[0-9A-Za-z]+\.pem\z", Options, 1000)]
    private static partial Regex CertificatePath();
}
