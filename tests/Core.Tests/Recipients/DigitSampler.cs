using System.Globalization;

namespace OtpPipeline.Core.Tests.Recipients;

/// <summary>Makes a text that a metadata pattern matches: digits, classes, groups, alternatives, ? and {n,m} are all they use.</summary>
internal ref struct DigitSampler(string pattern, Random random)
{
    private readonly string _pattern = pattern;
    private readonly Random _random = random;
    private int _at;

    public static string Sample(string pattern, Random random) => new DigitSampler(pattern, random).Alternatives();

    private string Alternatives()
    {
        List<string> choices = [Sequence()];
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            choices.Add(Sequence());
        }

        return choices[_random.Next(choices.Count)];
    }

    private string Sequence()
    {
        var text = "";
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var start = _at;
            var piece = Atom();
            var times = Times();
            var end = _at;
            text += times == 0 ? "" : piece;
            for (var time = 1; time < times; time++)
            {
                _at = start;
                text += Atom();
            }

            _at = end;
        }

        return text;
    }

    private string Atom()
    {
        switch (_pattern[_at++])
        {
            case '(':
                _at += _pattern.AsSpan(_at).StartsWith("?:") ? 2 : 0;
                var inside = Alternatives();
                _at++;
                return inside;
            case '[':
                var end = _pattern.IndexOf(']', _at);
                var digits = Members(_pattern[_at..end]);
                _at = end + 1;
                return digits[_random.Next(digits.Length)].ToString();
            case '\\':
                _at++;
                return ((char)('0' + _random.Next(10))).ToString();
            case '$':
                return "";
            default:
                return _pattern[_at - 1].ToString();
        }
    }

    private int Times()
    {
        if (_at >= _pattern.Length || _pattern[_at] is not ('?' or '{'))
        {
            return 1;
        }

        if (_pattern[_at++] == '?')
        {
            return _random.Next(2);
        }

        var end = _pattern.IndexOf('}', _at);
        var bounds = _pattern[_at..end].Split(',').Select(bound => int.Parse(bound, CultureInfo.InvariantCulture)).ToArray();
        _at = end + 1;
        return _random.Next(bounds[0], bounds[^1] + 1);
    }

    private static string Members(string set)
    {
        var digits = "";
        for (var i = 0; i < set.Length; i++)
        {
            var last = i + 2 < set.Length && set[i + 1] == '-' ? set[i + 2] : set[i];
            for (var digit = set[i]; digit <= last; digit++)
            {
                digits += digit;
            }

            i += last == set[i] ? 0 : 2;
        }

        return digits;
    }
}
