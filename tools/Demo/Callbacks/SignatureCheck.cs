using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace OtpPipeline.Demo.Callbacks;

/// <summary>Checks a callback's signature with the public library of Standard Webhooks.</summary>
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
