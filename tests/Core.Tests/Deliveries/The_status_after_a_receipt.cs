using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries;

public class The_status_after_a_receipt
{
    /// <summary>Status before; after SENT, DELIVERED, READ and UNDELIVERED. A hyphen is no change.</summary>
    [Theory]
    [InlineData("Queued", "-", "-", "-", "-")]
    [InlineData("Suppressed", "-", "-", "-", "-")]
    [InlineData("Sending", "-", "Delivered", "Read", "Undelivered")]
    [InlineData("Sent", "-", "Delivered", "Read", "Undelivered")]
    [InlineData("Unknown", "-", "Delivered", "Read", "Undelivered")]
    [InlineData("Failed", "-", "Delivered", "Read", "-")]
    [InlineData("Undelivered", "-", "Delivered", "Read", "-")]
    [InlineData("Delivered", "-", "-", "Read", "-")]
    [InlineData("Read", "-", "-", "-", "-")]
    public void Is_the_best_that_is_known(string before, string sent, string delivered, string read, string undelivered)
    {
        string[] after = [sent, delivered, read, undelivered];
        foreach (var receipt in Enum.GetValues<ReceiptStatus>())
        {
            (DeliveryRules.AfterReceipt(Enum.Parse<DeliveryStatus>(before), receipt)?.ToString() ?? "-")
                .ShouldBe(after[(int)receipt], $"{receipt} after {before}");
        }
    }

    [Fact]
    public void Is_the_same_in_the_end_whatever_the_order()
    {
        ReceiptStatus[] all = Enum.GetValues<ReceiptStatus>();
        foreach (var order in Orders(all))
        {
            var (status, changes) = (DeliveryStatus.Sending, 0);
            foreach (var receipt in order.Concat(order))
            {
                if (DeliveryRules.AfterReceipt(status, receipt) is { } next)
                {
                    (status, changes) = (next, changes + 1);
                }
            }

            status.ShouldBe(DeliveryStatus.Read, string.Join(", ", order));
            changes.ShouldBeInRange(1, 3);
        }
    }

    private static IEnumerable<ReceiptStatus[]> Orders(ReceiptStatus[] receipts) =>
        receipts.Length == 1
            ? [receipts]
            : receipts.SelectMany(r => Orders([.. receipts.Where(o => o != r)]).Select(rest => (ReceiptStatus[])[r, .. rest]));
}
