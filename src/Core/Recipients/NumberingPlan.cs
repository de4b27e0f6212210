namespace OtpPipeline.Core.Recipients;

/// <summary>How one country writes its numbers. An instance is safe to share between threads.</summary>
internal sealed class NumberingPlan
{
    private readonly string? _prefixTransform;
    private readonly int[] _lengths;
    private readonly NumberPattern _significant;
    private readonly NumberPattern _idd;
    private readonly NumberPattern? _prefix;
    private readonly NumberPattern? _leading;
    private readonly NumberType[] _types;

    public NumberingPlan(string countryIso, PlanData data)
    {
        CountryIso = countryIso;
        CallingCode = data.Code;
        _lengths = data.Lengths;
        _significant = NumberPattern.Whole(data.Pattern);
        _idd = NumberPattern.Start(data.Idd);
        _prefix = data.Prefix is null ? null : NumberPattern.Start(data.Prefix);
        _prefixTransform = data.Transform;
        _leading = data.Leading is null ? null : NumberPattern.Start(data.Leading);
        _types = [.. data.Types.Values.Select(type => new NumberType(NumberPattern.Whole(type.Pattern), type.Lengths ?? data.Lengths))];
    }

    public string CountryIso { get; }

    public string CallingCode { get; }

    /// <summary>Whether the numbers of this country are told from its neighbours' on the same calling code by how they begin.</summary>
    public bool HasLeadingDigits => _leading is not null;

    public bool BeginsAsHere(string number) => _leading?.Regex.IsMatch(number) == true;

    /// <summary>The coarse pattern: some number of this country may look like this.</summary>
    public bool IsPlausible(string number) => _significant.Regex.IsMatch(number);

    public bool IsValid(string number)
    {
        if (!IsPlausible(number))
        {
            return false;
        }

        foreach (var type in _types)
        {
            if (Array.IndexOf(type.Lengths, number.Length) >= 0 && type.Pattern.Regex.IsMatch(number))
            {
                return true;
            }
        }

        return false;
    }

    public bool IsTooLong(string number) => number.Length > _lengths[^1];

    /// <summary>Whether digits may have been taken off: what is left has a length of this country, or more than any.</summary>
    public bool IsLongEnough(string number) => IsTooLong(number) || Array.IndexOf(_lengths, number.Length) >= 0;

    /// <summary>The number behind the international access code of this country, or null where it does not begin with one.</summary>
    public string? WithoutAccessCode(string digits)
    {
        var match = _idd.Regex.Match(digits);
        if (!match.Success || match.Length == digits.Length || digits[match.Length] == '0')
        {
            return null;
        }

        return digits[match.Length..];
    }

    /// <summary>The number without its national prefix and carrier code, or with the area code that a local number left out.</summary>
    public string WithoutNationalPrefix(string digits)
    {
        if (_prefix?.Regex.Match(digits) is not { Success: true } match)
        {
            return digits;
        }

        var rest = digits[match.Length..];
        var captures = match.Groups.Count > 1 && match.Groups[^1].Length > 0;
        return _prefixTransform is not null && captures ? match.Result(_prefixTransform) + rest : rest;
    }

    private sealed record NumberType(NumberPattern Pattern, int[] Lengths);
}
