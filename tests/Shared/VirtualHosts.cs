namespace OtpPipeline.Tests.Shared;

/// <summary>Virtual hosts on the shared broker, each for one fixture.</summary>
/// <remarks>They are made and deleted several at a time: a start of the broker's tool takes longer than what it does.</remarks>
internal static class VirtualHosts
{
    private const int AtOnce = 8;
    private static readonly SemaphoreSlim Turn = new(1);
    private static readonly Queue<string> Unused = [];
    private static readonly List<string> Left = [];
    private static bool _any;

    /// <summary>The address of an empty one.</summary>
    public static async Task<Uri> TakeAsync()
    {
        await Turn.WaitAsync();
        try
        {
            if (Unused.Count == 0)
            {
                await AddAsync([.. Enumerable.Range(0, AtOnce).Select(_ => $"v{Guid.NewGuid():N}")]);
            }

            return new UriBuilder(Servers.RabbitMq) { Path = Unused.Dequeue() }.Uri;
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Its name at the broker.</summary>
    public static string NameOf(Uri address) => address.AbsolutePath.TrimStart('/');

    /// <summary>It is deleted with others, at the latest when the tests end.</summary>
    public static async Task LeaveAsync(Uri address)
    {
        await Turn.WaitAsync();
        try
        {
            Left.Add(NameOf(address));
            if (Left.Count >= AtOnce)
            {
                await DeleteAsync(Left);
                Left.Clear();
            }
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task AddAsync(string[] names)
    {
        const string All = "<<\".*\">>";
        if (!_any)
        {
            _any = true;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DeleteAsync([.. Left, .. Unused]).GetAwaiter().GetResult();
        }

        await ForEachAsync(
            names,
            "ok = rabbit_vhost:add(V, <<\"tests\">>), " +
            $"ok = rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, V, {All}, {All}, {All}, <<\"tests\">>)");
        foreach (var name in names)
        {
            Unused.Enqueue(name);
        }
    }

    private static Task DeleteAsync(IEnumerable<string> names) => ForEachAsync(names, "rabbit_vhost:delete(V, <<\"tests\">>)");

    /// <summary>Erlang that the broker runs for each name, which is V.</summary>
    private static Task ForEachAsync(IEnumerable<string> names, string does) => Servers.ControlAsync(
        "eval", $"lists:foreach(fun(V) -> {does} end, [{string.Join(", ", names.Select(n => $"<<\"{n}\">>"))}]).");
}
