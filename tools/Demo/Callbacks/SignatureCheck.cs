using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace OtpPipeline.Demo.Callbacks;

/// <summary>Whether a callback's signature is right, by the public library of Standard Webhooks.</summary>
internal sealed class SignatureCheck(string secret)
{
    private readonly StandardWebhook _webhook = new(secret);

    public bool IsGenuine(ReceivedCallback callback)
    {
        try
        {
            _webhook.Verify(callback.Body, new HeaderDictionary
            {
                ["webhook-id"] = callback.Id,
                ["webhook-timestamp"] = callback.Timestamp,
                ["webhook-signature"] = callback.Signature,
            });
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }
}
