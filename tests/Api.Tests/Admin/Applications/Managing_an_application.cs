using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Admin.Applications;

public sealed class Managing_an_application
{
    private readonly ApiHost _host;
    private readonly AdminClient _admin;

    public Managing_an_application(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = host.Admin();
    }

    [Fact]
    public async Task A_new_one_works_with_what_is_shown_once()
    {
        var answer = await _admin.PostAsync(
            "",
            new { name = "new", settings = new { ttl = "120", maxAttempts = 3, plan = new[] { "call" }, limits = new { retryPeriod = 60 } } });
        await _host.RefreshAsync();

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var id = answer.Json.GetProperty("application").GetProperty("id").GetGuid();
        answer["Location"].ShouldBe($"/admin/applications/{id}");
        var client = _host.Client(new Tenant(id, answer.Json.GetProperty("apiKey").GetString()!));
        var number = Recipients.Next();
        var otp = await client.RequestAsync(new { phoneNumber = number });
        otp.Status.ShouldBe(HttpStatusCode.Created, otp.Text);
        otp.Json.GetProperty("ttl").GetInt32().ShouldBe(120);
        otp.Json.GetProperty("maxAttempts").GetInt32().ShouldBe(3);
        otp.Json.GetProperty("channel").GetString().ShouldBe("call");
        var soon = await client.RequestAsync(new { phoneNumber = number });
        soon.ShouldBeRefused(429, "rate_limit", 2121, "The last OTP for this recipient was requested a moment ago");
        int.Parse(soon["Retry-After"]!).ShouldBeInRange(30, 60);
    }

    [Fact]
    public async Task Its_secrets_are_shown_once_and_stored_nowhere()
    {
        var made = await _admin.WithApplicationAsync();

        var shown = (await _admin.GetAsync($"/{made.Id}")).Text + (await _admin.GetAsync()).Text;
        var stored = await _host.QueryAsync(db => db.Database.SqlQuery<string>(
            $"SELECT concat((SELECT string_agg(k::text, ' ') FROM api_keys k), (SELECT string_agg(i::text, ' ') FROM application_identifiers i), (SELECT string_agg(w::text, ' ') FROM webhook_secrets w)) AS \"Value\"").SingleAsync());

        foreach (var secret in new[] { made.Key, made.Secret, made.WebhookSecret })
        {
            shown.ShouldNotContain(secret);
            stored.ShouldNotContain(secret);
        }

        made.Key.ShouldStartWith("otp_live_");
        (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("keys")[0].GetProperty("prefix").GetString().ShouldBe(made.Key[..13]);
        _host.Logs.Lines.ShouldAllBe(
            l => !l.Text.Contains(made.Key) && !l.Text.Contains(made.Secret) && !l.Text.Contains(made.WebhookSecret));
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name()
    {
        var made = await _admin.WithApplicationAsync(
            new { from = "Shop", template = "Code {{pin}}", limits = new { sendsPerHour = 7, allowPremiumNumbers = true, allowedCountries = new[] { "FR", "CH" } } });

        var changed = await _admin.PatchAsync(
            $"/{made.Id}",
            new { settings = new { template = (string?)null, pinAlphabet = "ABCDEFGHJK", otpCallbackUrl = "https://shop.example/otp", limits = new { sendsPerDay = 20 } } });

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        var settings = (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("settings");
        settings.GetProperty("from").GetString().ShouldBe("Shop");
        settings.GetProperty("template").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        settings.GetProperty("otpCallbackUrl").GetString().ShouldBe("https://shop.example/otp");
        settings.GetProperty("pinAlphabet").GetString().ShouldBe("ABCDEFGHJK");
        settings.GetProperty("plan")[0].GetString().ShouldBe("sms");
        settings.GetProperty("limits").GetProperty("sendsPerHour").GetInt32().ShouldBe(7);
        settings.GetProperty("limits").GetProperty("sendsPerDay").GetInt32().ShouldBe(20);
        settings.GetProperty("limits").GetProperty("allowedCountries").GetArrayLength().ShouldBe(2);
        settings.GetProperty("limits").GetProperty("allowPremiumNumbers").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Premium_numbers_are_served_where_it_allows_them()
    {
        var made = await _admin.WithApplicationAsync(new { limits = new { allowPremiumNumbers = true } });
        await _host.RefreshAsync();

        (await _host.Client(made.Tenant).RequestAsync(new { phoneNumber = "+33891123456" })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_alphabet_of_its_own_makes_the_PINs()
    {
        var made = await _admin.WithApplicationAsync(new { pinAlphabet = "ABCDEFGHJK", pinLength = 10 });
        await _host.RefreshAsync();
        var client = _host.Client(made.Tenant);

        var own = (await client.RequestAsync(new { phoneNumber = Recipients.Next() })).Json.GetProperty("otpId").GetGuid();
        var named = (await client.RequestAsync(new { phoneNumber = Recipients.Next(), pinType = "numbers" })).Json.GetProperty("otpId")
            .GetGuid();

        var pin = await _host.PinOfAsync(own);
        pin.ShouldMatch("^[A-HJK]{10}$");
        (await _host.PinOfAsync(named)).ShouldMatch("^[0-9]{10}$");
        (await client.VerifyAsync(own, pin.ToLowerInvariant())).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_inactive_one_is_refused_until_it_is_active_again()
    {
        var made = await _admin.WithApplicationAsync();
        var client = _host.Client(made.Tenant);

        (await _admin.PatchAsync($"/{made.Id}", new { status = "inactive" })).Json.GetProperty("status").GetString().ShouldBe("inactive");
        await _host.RefreshAsync();
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await _admin.PatchAsync($"/{made.Id}", new { status = "active" })).Json.GetProperty("status").GetString().ShouldBe("active");
        await _host.RefreshAsync();
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revoked_one_is_refused_for_good()
    {
        var made = await _admin.WithApplicationAsync();

        (await _admin.DeleteAsync($"/{made.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _admin.DeleteAsync($"/{made.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await _host.RefreshAsync();

        (await _host.Client(made.Tenant).GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("status").GetString().ShouldBe("revoked");
        (await _admin.GetAsync("?status=revoked")).Text.ShouldContain(made.Id);
        (await _admin.GetAsync("?status=active&limit=200")).Text.ShouldNotContain(made.Id);
        foreach (var (path, body) in new (string, object?)[] { ("/keys", null), ("/webhook-secrets", null), ("/identifiers", new { kind = "beem_app" }) })
        {
            (await _admin.PostAsync($"/{made.Id}{path}", body)).ShouldBeProblem(409, 2109, "The application is revoked for good");
        }

        (await _admin.PatchAsync($"/{made.Id}", new { status = "active" }))
            .ShouldBeProblem(409, 2109, "The application is revoked for good");
    }

    [Fact]
    public async Task All_of_them_are_listed_page_by_page_newest_first()
    {
        // An id that somebody brought along says nothing of time.
        var old = new Tenant(Guid.Parse($"ffffffff-{Guid.NewGuid().ToString()[9..]}"), "").Application(new());
        await _host.QueryAsync(db =>
        {
            db.Add(old);
            return db.SaveChangesAsync();
        });
        var made = new[] { await _admin.WithApplicationAsync(), await _admin.WithApplicationAsync(), await _admin.WithApplicationAsync() };

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _admin.GetAsync(cursor is null ? "?limit=2" : $"?limit=2&cursor={cursor}")).Json;
            page.GetProperty("data").GetArrayLength().ShouldBeInRange(1, 2);
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(a => a.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        seen.Distinct().Count().ShouldBe(seen.Count);
        (await _host.QueryAsync(db => db.Applications.AsNoTracking().Where(a => seen.Contains(a.Id.ToString())).ToListAsync()))
            .OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id.ToString(), StringComparer.Ordinal).Select(a => a.Id.ToString())
                .ShouldBe(seen);
        seen.Where(made.Select(m => m.Id).Contains).ShouldBe(made.Reverse().Select(m => m.Id));
        seen.IndexOf(old.Id.ToString()).ShouldBeGreaterThan(seen.IndexOf(made[0].Id));
        seen.ShouldContain(_host.Shop.Id.ToString());
    }

    [Fact]
    public async Task One_of_two_who_change_it_at_once_is_told()
    {
        var made = await _admin.WithApplicationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _admin.PatchAsync($"/{made.Id}", new { name = $"name {i}" })));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBeGreaterThan(0);
        foreach (var told in answers.Where(a => a.Status != HttpStatusCode.OK))
        {
            told.ShouldBeProblem(409, 2109, "The application was changed meanwhile; read it and try again");
        }
    }
}
