using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Locks what applications with a spending limit have spent, before an outcome changes it.</summary>
public sealed class SpendingBudgets(Func<Guid, decimal?> limitOf, ProviderChoice routes)
{
    public SpendingBudgets(ApplicationDirectory applications, ProviderChoice routes)
        : this(id => applications.Find(id)?.Settings.Limits.SpendingPerDay, routes)
    {
    }

    /// <summary>Without prices nothing is locked, and applications without a limit are never locked.</summary>
    public async Task<IReadOnlyDictionary<Guid, (ApplicationSpending Spending, decimal Limit)>> LockAsync(
        IOtpUnit unit, IEnumerable<Guid> applicationIds, CancellationToken cancellationToken)
    {
        var locked = new Dictionary<Guid, (ApplicationSpending, decimal)>();
        if (!routes.HasPrices)
        {
            return locked;
        }

        foreach (var id in applicationIds.Distinct().Order())
        {
            if (limitOf(id) is { } limit)
            {
                locked[id] = (await unit.LockSpendingAsync(id, cancellationToken), limit);
            }
        }

        return locked;
    }
}
