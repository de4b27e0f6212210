using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Changes of what deliveries cost and of what their applications spent.</summary>
public static class SpendingChanges
{
    /// <summary>Reserves what a further send costs; false when the application's limit does not allow it.</summary>
    public static bool TrySpend(this OtpChanges changes, LockedOtp locked, decimal cost)
    {
        if (cost == 0 || changes.Budgets?.TryGetValue(locked.Otp.ApplicationId, out var budget) is not true)
        {
            return true;
        }

        if (budget.Spending.Spent + cost > budget.Limit)
        {
            return false;
        }

        budget.Spending.Spent += cost;
        changes.Spendings.Add(budget.Spending);
        return true;
    }

    /// <summary>Replaces what was reserved for a delivery by what it costs.</summary>
    public static void Settle(this OtpChanges changes, LockedOtp locked, Delivery delivery, decimal cost)
    {
        if (cost == delivery.Cost)
        {
            return;
        }

        if (changes.Budgets is null)
        {
            var refunds = changes.Refunds;
            refunds[locked.Otp.ApplicationId] = refunds.GetValueOrDefault(locked.Otp.ApplicationId) + delivery.Cost - cost;
        }
        else if (changes.Budgets.TryGetValue(locked.Otp.ApplicationId, out var budget))
        {
            // A send reserved yesterday is settled today: today's sum is never below nothing.
            budget.Spending.Spent = Math.Max(0, budget.Spending.Spent + cost - delivery.Cost);
            changes.Spendings.Add(budget.Spending);
        }

        delivery.Cost = cost;
        changes.UpdatedDeliveries.Add(delivery);
    }
}
