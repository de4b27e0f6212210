namespace OtpPipeline.Core.Receipts;

/// <summary>Checks and reads the receipts of one configured provider.</summary>
public interface IReceiptReader
{
    /// <summary>Name of the entry in <c>Providers</c>, as deliveries name it.</summary>
    string Provider { get; }

    /// <summary>Checks the request's signature and reads its receipts. Never throws for a request that anybody could send.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">UTC time, for signatures that end.</param>
    /// <param name="cancellationToken">Ends the wait for a certificate.</param>
    ValueTask<ReceiptReading> ReadAsync(ReceiptRequest request, DateTime now, CancellationToken cancellationToken);
}
